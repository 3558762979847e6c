import type { CommandSpec } from '../command-spec.ts'

const SIGNED = 'Signed with the institution’s key: --home is the home of its node.'
const WHO = ['<who>', 'a full DID, a card file, the name of a contact, or the attested name'] as const

export const staffCommands: readonly CommandSpec[] = [
  {
    name: 'staff enroll',
    arguments: [['<who>', 'their card file or full DID; with --file the name of somebody new']],
    summary: 'vouch for a member of staff or a device, with name and licence',
    details:
      `${SIGNED} Name and licence stand in the institution’s directory, signed, and never on the chain. With a card ` +
      'its owner then runs medchain register, without a token. With --file the institution makes the keys, enrols ' +
      'them at once and writes them into a file, encrypted, without words; their owner takes them with medchain id ' +
      'import. Running it again replaces name and licence.',
    options: [
      ['--role <role>', 'practitioner, researcher or device (default that of the card)'],
      ['--name <text>', 'the name to attest (default that of the card)'],
      ['--licence <number>', 'number of the licence'],
      ['--licence-authority <text>', 'who gave it'],
      ['--licence-until <when>', 'when it ends'],
      ['--file <file>', 'make the keys here and write them to this new file'],
      ['--file-passphrase-file <file>', 'passphrase of that file; asked for if left out'],
    ],
    examples: [
      'medchain staff enroll lopez.card.json --licence A-4711 --home /var/lib/medchain',
      'medchain staff enroll "Infusion pump 7" --role device --file pump-7.medchain-id --home /var/lib/medchain',
    ],
    load: async () => (await import('./enroll.ts')).enrollStaff,
  },
  {
    name: 'staff suspend',
    arguments: [WHO],
    summary: 'stop an account that this institution enrolled, from the next block on',
    details: `${SIGNED} It signs, reads and asks nothing any more; no patient has to do anything.`,
    examples: ['medchain staff suspend did:medchain:z… --home /var/lib/medchain'],
    load: async () => (await import('./set-status.ts')).suspendStaff,
  },
  {
    name: 'staff restore',
    arguments: [WHO],
    summary: 'put a suspended account back in force',
    details: SIGNED,
    examples: ['medchain staff restore did:medchain:z… --home /var/lib/medchain'],
    load: async () => (await import('./set-status.ts')).restoreStaff,
  },
  {
    name: 'staff list',
    summary: 'whom this institution attests',
    details: SIGNED,
    examples: ['medchain staff list --home /var/lib/medchain'],
    load: async () => (await import('./list.ts')).listStaff,
  },
  {
    name: 'staff forget',
    arguments: [WHO],
    summary: 'delete name and licence of an account from the directory; the account stays as it is',
    details: SIGNED,
    examples: ['medchain staff forget did:medchain:z… --home /var/lib/medchain'],
    load: async () => (await import('./forget.ts')).forgetStaff,
  },
]
