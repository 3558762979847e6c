import type { CommandSpec } from '../command-spec.ts'

const TICKET = ['<ticket>', 'the file that medchain recover start wrote'] as const
const RECOVERY = [
  '--recovery <id>',
  'which one, where several stand under one name (recover status)',
] as const
const DIGITS = [
  '--digits <digits>',
  'the digits that the person read to you; asked for on a terminal',
] as const

export const recoverCommands: readonly CommandSpec[] = [
  {
    name: 'recover setup',
    summary: 'prepare for the loss of words and wallet',
    details:
      'Your keys are sealed to a key that is split: one half among guardians, one among institutions. Neither opens ' +
      'anything alone. Without guardians your institution proves who you are, and 14 days pass. Running it again ' +
      'prepares anew, and who is not named helps no more. ' +
      '--json: {recoveryId, guardians, guardianThreshold, custodians, custodianThreshold, delayMs, ready, missing, txId, height}.',
    options: [
      ['--guardian <list...>', 'who helps: accounts of role guardian, separated by commas'],
      ['--threshold <number>', 'how many of them are needed (default more than half)'],
      ['--delay <time>', 'between announcement and release, 1d to 30d (default 3d; 14d without guardians)'],
    ],
    examples: [
      'medchain recover setup --guardian mother,friend,uncle --threshold 2',
      'medchain recover setup',
    ],
    load: async () => (await import('./setup.ts')).setup,
  },
  {
    name: 'recover start',
    arguments: [['<name>', 'what you will be called on this machine']],
    summary: 'after a loss: make new words, and a ticket for your guardians',
    details:
      'The new words are shown once, or written to a file of mode 0600. The ticket holds public keys only. Read its ' +
      'digits to each guardian: whoever changed the ticket would get your record. ' +
      '--json: {name, ticket, ticketId, digits, wordsFile}.',
    options: [
      ['--out <file>', 'where the ticket goes (default NAME.ticket.json in this folder)'],
      ['--words-file <file>', 'write the 24 words to this new file'],
      ['--reveal-words', 'put the words into the output of --json'],
    ],
    examples: ['medchain recover start maria --words-file maria.words'],
    load: async () => (await import('./start.ts')).start,
  },
  {
    name: 'recover approve',
    arguments: [TICKET],
    summary: 'as a guardian: approve of a ticket, and hand your share on',
    details:
      'Talk to the person, by voice, and compare the digits. --json: {recoveryId, subject, ticketId, txId, height}.',
    options: [['--for <subject>', 'whose recovery, when you are a guardian of several'], RECOVERY, DIGITS],
    examples: ['medchain recover approve maria.ticket.json --as mother'],
    load: async () => (await import('./approve.ts')).approve,
  },
  {
    name: 'recover vouch',
    arguments: [TICKET],
    summary: 'as the institution that registered a person: vouch for the ticket',
    details:
      'After proving the person’s identity. It announces a recovery without guardians, and overrules a veto. Needs the ' +
      'home of the node. --json: {recoveryId, subject, txId, height}.',
    options: [['--for <subject>', 'the person: a DID, a card file or the name of a contact'], DIGITS],
    examples: ['medchain recover vouch maria.ticket.json --for did:medchain:z… --home /var/lib/medchain'],
    load: async () => (await import('./vouch.ts')).vouch,
  },
  {
    name: 'recover veto',
    summary: 'stop a recovery that you did not ask for, once',
    details: 'By your present keys, or as one of the guardians. --json: {recoveryId, txId, height}.',
    options: [['--for <subject>', 'as a guardian: whose recovery'], RECOVERY],
    examples: ['medchain recover veto --as maria'],
    load: async () => (await import('./veto.ts')).veto,
  },
  {
    name: 'recover status',
    arguments: [['[name]', 'a recovery that was begun on this machine']],
    summary: 'how a recovery stands, for the person, a guardian, or whoever waits',
    details:
      'Stages: none, ready, waiting, vetoed, open, closed. --json: {stage, recoveryId, guardians, guardianThreshold, ' +
      'custodians, custodianThreshold, ready, delayMs, approvals, announced:{ticketId, at, vetoed, overruled, release}, released}.',
    examples: ['medchain recover status', 'medchain recover status maria'],
    load: async () => (await import('./status.ts')).status,
  },
  {
    name: 'recover finish',
    arguments: [['<name>', 'the recovery that was begun on this machine']],
    summary: 'after the delay: collect the shares, and take every chart over under the new words',
    details:
      'Whoever gave a false share is named. Running it again after an interruption goes on. ' +
      '--json: {name, did, role, signingKey, sealingKey, charts, recoveryId, txId, height}.',
    examples: ['medchain recover finish maria'],
    load: async () => (await import('./finish.ts')).finish,
  },
]
