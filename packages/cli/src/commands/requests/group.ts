import type { CommandSpec } from '../command-spec.ts'

const REQUEST = ['<request>', 'its id, or at least the first four characters of it'] as const
const SUBJECT =
  'a full DID, a card file, the name of a contact, or a number of your institution for the patient'

export const requestsCommands: readonly CommandSpec[] = [
  {
    name: 'request-access',
    arguments: [['<subject>', SUBJECT]],
    summary: 'ask a patient for access',
    details:
      'For practitioners and researchers, and for the institution in the home of its node. The request travels sealed ' +
      'to the patient, whose institution keeps it until it is answered or expires. Nothing in the answer of this ' +
      'command tells whether the patient or any record exists. medchain requests --sent shows what became of it.',
    options: [
      ['--compartment <list...>', 'compartments, separated by commas, or all'],
      ['--record <id...>', 'only these records, by full id'],
      ['--mode <mode>', 'read, write or read-write (default read)'],
      ['--purpose <list...>', 'TREAT, HPAYMT, HOPERAT or HRESCH (default TREAT)'],
      ['--until <when>', 'when the access would end (default in one year)'],
      ['--reason <text>', 'what the patient should know'],
      ['--expires <when>', 'when the request lapses if nobody answers (default in 30 days)'],
    ],
    examples: [
      'medchain request-access maria --compartment laboratory --until 30d --reason "Your appointment of Monday"',
      'medchain request-access 00417-22 --compartment all',
    ],
    load: async () => (await import('./request-access.ts')).requestAccess,
  },
  {
    name: 'requests',
    summary: 'who asks you for access, or what became of your own requests',
    details:
      'On a terminal a patient walks through what waits, and approves, refuses or blocks; --list only lists. Others ' +
      'see what they asked for.',
    options: [
      ['--sent', 'what the identity in use asked for, with its state'],
      ['--list', 'list only, also on a terminal'],
      ['--blocked', 'whom you block'],
    ],
    examples: ['medchain requests', 'medchain requests --list --json', 'medchain requests --sent'],
    load: async () => (await import('./list.ts')).listRequests,
  },
  {
    name: 'requests show',
    arguments: [REQUEST],
    summary: 'all that one request says, and what is proven of its sender',
    examples: ['medchain requests show k3qf7'],
    load: async () => (await import('./show.ts')).showRequest,
  },
  {
    name: 'requests approve',
    arguments: [REQUEST],
    summary: 'grant what a request asks for, or less',
    details: 'Gives ordinary grants, as medchain grant does. What is named here can only narrow the request.',
    options: [
      ['--compartment <list...>', 'only these of the compartments asked for'],
      ['--record <id...>', 'only these of the records asked for'],
      ['--mode <mode>', 'read where more was asked for'],
      ['--purpose <list...>', 'only these of the purposes asked for'],
      ['--until <when>', 'an earlier end'],
      ['--broker <who>', 'for HRESCH: the institution that de-identifies'],
      [
        '--part2 <file>',
        'JSON with the elements of a written consent, for records of a 42 CFR Part 2 programme',
      ],
    ],
    examples: [
      'medchain requests approve k3qf7',
      'medchain requests approve k3qf7 --compartment laboratory --until 7d',
    ],
    load: async () => (await import('./approve.ts')).approveRequest,
  },
  {
    name: 'requests refuse',
    arguments: [REQUEST],
    summary: 'refuse a request and tell its sender',
    options: [['--reason <text>', 'what the sender should know']],
    examples: ['medchain requests refuse k3qf7 --reason "I have changed doctors"'],
    load: async () => (await import('./refuse.ts')).refuseRequest,
  },
  {
    name: 'requests block',
    arguments: [REQUEST],
    summary: 'drop this and every further request of its sender, without a word',
    examples: ['medchain requests block k3qf7'],
    load: async () => (await import('./block.ts')).blockRequester,
  },
  {
    name: 'requests unblock',
    arguments: [['<block>', 'its id as medchain requests --blocked shows it, or the first four characters']],
    summary: 'hear again of somebody you blocked',
    examples: ['medchain requests unblock p7w2m'],
    load: async () => (await import('./unblock.ts')).unblockRequester,
  },
]
