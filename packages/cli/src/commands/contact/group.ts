import type { CommandSpec } from '../command-spec.ts'

export const contactCommands: readonly CommandSpec[] = [
  {
    name: 'contact add',
    arguments: [
      ['<name>', 'what you call them'],
      ['<who>', 'a full DID, or a card file'],
    ],
    summary: 'know somebody by a name',
    examples: ['medchain contact add dr-lopez lopez.card.json'],
    load: async () => (await import('./add.ts')).addToContacts,
  },
  {
    name: 'contact list',
    summary: 'whom you know by name',
    examples: ['medchain contact list'],
    load: async () => (await import('./list.ts')).listContacts,
  },
  {
    name: 'whois',
    arguments: [['<who>', 'a full DID, a card file or the name of a contact']],
    summary: 'what the chain says about an account, and who vouches for it',
    examples: ['medchain whois did:medchain:z…'],
    load: async () => (await import('./whois.ts')).tellWhoIs,
  },
]
