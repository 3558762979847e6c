import type { CommandSpec } from '../command-spec.ts'

const GRANT = ['<grant>', 'its id, or at least the first four characters of it'] as const

export const grantCommands: readonly CommandSpec[] = [
  {
    name: 'grant',
    arguments: [['[grantee]', 'a full DID, a card file or the name of a contact']],
    summary: 'let somebody read your record, or a part of it',
    details:
      'Without a grantee or a scope a terminal asks for them. The defaults are: read, TREAT, one year. “all” leaves ' +
      'the protected compartments out (mental-health, reproductive, substance-use, hiv, violence, notes) unless ' +
      'they are named. HRESCH stands alone: your hospital de-identifies and delivers, and no key is given.',
    options: [
      ['--compartment <list...>', 'compartments, separated by commas, or all'],
      ['--record <id...>', 'only these records'],
      ['--mode <mode>', 'read, write or read-write (default read)'],
      ['--purpose <list...>', 'TREAT, HPAYMT, HOPERAT or HRESCH (default TREAT)'],
      ['--from <when>', 'when it begins (default today, 00:00 UTC)'],
      ['--until <when>', 'when it ends, e.g. 30d, 1y or 2027-01-01 (default in one year)'],
      ['--data-from <date>', 'only records of that date or later (refused for now)'],
      ['--data-until <date>', 'only records before that date (refused for now)'],
      [
        '--broker <who>',
        'for HRESCH: the institution that de-identifies (default the one that registered you)',
      ],
      ['--deny', 'forbid what it names instead of permitting it'],
    ],
    examples: [
      'medchain grant dr-lopez --compartment laboratory,medication --until 30d',
      'medchain grant did:medchain:z… --compartment all --purpose TREAT,HPAYMT',
      'medchain grant',
    ],
    load: async () => (await import('./give.ts')).give,
  },
  {
    name: 'revoke',
    arguments: [GRANT],
    summary: 'end a grant from the next block on',
    details: 'Every honest node refuses from the height it prints. What was read cannot be called back.',
    options: [['--compartment <list...>', 'end it for these compartments only']],
    examples: ['medchain revoke k3qf7'],
    load: async () => (await import('./revoke.ts')).revoke,
  },
  {
    name: 'grants',
    summary: 'whom you let read what, and until when',
    options: [
      ['--active', 'only those in force'],
      ['--resend', 'send the keys of grants in force again, for a grantee that never got them'],
    ],
    examples: ['medchain grants', 'medchain grants --active --json'],
    load: async () => (await import('./list.ts')).listGrants,
  },
]
