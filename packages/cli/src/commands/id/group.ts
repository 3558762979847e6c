import type { CommandSpec } from '../command-spec.ts'

export const idCommands: readonly CommandSpec[] = [
  {
    name: 'id create',
    arguments: [['<name>', 'what you call it on this machine']],
    summary: 'make an identity: keys under a passphrase, and 24 words to restore them',
    details:
      'The words are shown once on a terminal, or written to a file of mode 0600. Whoever has them is you: ' +
      'write them on paper. They are in the encrypted keystore too; id show --reveal-words shows them again. ' +
      'Staff and devices do without: what is lost is enrolled anew by their institution.',
    options: [
      ['--no-words', 'make keys that no words restore, for staff and devices'],
      ['--role <role>', 'patient, practitioner, researcher, device or guardian'],
      ['--words-file <file>', 'write the 24 words to this new file'],
      ['--reveal-words', 'put the words into the output of --json'],
    ],
    examples: [
      'medchain id create maria --role patient',
      'medchain id create maria --role patient --words-file maria.words',
      'medchain id create dr-lopez --role practitioner --no-words',
    ],
    load: async () => (await import('./create.ts')).createId,
  },
  {
    name: 'id list',
    summary: 'the identities of this machine',
    examples: ['medchain id list'],
    load: async () => (await import('./list.ts')).listIds,
  },
  {
    name: 'id show',
    arguments: [['[name]', 'which one; default the one in use']],
    summary: 'DID, role and public keys of an identity',
    options: [['--reveal-words', 'show its 24 words as well']],
    examples: ['medchain id show maria --json'],
    load: async () => (await import('./show.ts')).showId,
  },
  {
    name: 'id card',
    arguments: [['[name]', 'which one; default the one in use']],
    summary: 'a card to hand over, as a file and a QR code',
    details: 'It holds name, role, DID and public keys: what others need to know you, and nothing secret.',
    options: [['--out <file>', 'where it goes (default NAME.card.json in this folder)']],
    examples: ['medchain id card maria --out maria.card.json'],
    load: async () => (await import('./card.ts')).writeCard,
  },
  {
    name: 'id restore',
    arguments: [['<name>', 'what you call it on this machine']],
    summary: 'make an identity again from its 24 words, and fetch its keyring from the node',
    details:
      'The words are read from standard input, or asked for on a terminal. Charts and grants come from the node that ' +
      'registered the person; contacts do not, but with medchain id export and import. docs/guides/patients.md says more.',
    options: [
      ['--role <role>', 'patient, practitioner, researcher or guardian; found out from the node if left out'],
    ],
    examples: ['medchain id restore maria < maria.words'],
    load: async () => (await import('./restore.ts')).restoreId,
  },
  {
    name: 'id rotate',
    arguments: [['<name>', 'which one']],
    summary: 'new words and keys, for words that somebody else may have seen',
    details:
      'The identity keeps its DID. A patient’s keyring is sealed to the new keys, and every chart gets a new controller ' +
      'and a new epoch; an account of staff gets its new keys on the chain. Once done, the old words open nothing on nodes that ' +
      'know of it. An interrupted rotation goes on when it is run again.',
    options: [
      ['--words-file <file>', 'write the 24 new words to this new file'],
      ['--reveal-words', 'put the words into the output of --json'],
    ],
    examples: ['medchain id rotate maria', 'medchain id rotate maria --words-file maria-2.words'],
    load: async () => (await import('./rotate.ts')).rotateId,
  },
  {
    name: 'id export',
    arguments: [
      ['<name>', 'which one'],
      ['<file>', 'where it goes'],
    ],
    summary: 'keys, keyring and contacts of an identity in one encrypted file',
    details: 'The file opens with the passphrase of the identity.',
    examples: ['medchain id export maria maria.medchain-id'],
    load: async () => (await import('./export.ts')).exportId,
  },
  {
    name: 'id import',
    arguments: [
      ['<name>', 'what you call it on this machine'],
      ['<file>', 'what id export wrote'],
    ],
    summary: 'take an identity over from another machine',
    examples: ['medchain id import maria maria.medchain-id'],
    load: async () => (await import('./import.ts')).importId,
  },
]
