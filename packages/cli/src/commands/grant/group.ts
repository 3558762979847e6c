import { FOR_OPTION } from '../../guarding/for-option.ts'
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
      'they are named. HRESCH stands alone: your hospital de-identifies and delivers, and no key is given. ' +
      'Dates list the records that are dated in that span now: those whose whole date lies in it, so “2024” is not ' +
      'in a part of 2024, and records without a date are left out (name them with --record). Matching records ' +
      'that come later are added when you next run medchain grants.',
    options: [
      ['--compartment <list...>', 'compartments, separated by commas, or all'],
      ['--record <id...>', 'only these records'],
      ['--mode <mode>', 'read, write or read-write (default read)'],
      ['--purpose <list...>', 'TREAT, HPAYMT, HOPERAT or HRESCH (default TREAT)'],
      ['--from <when>', 'when it begins (default today, 00:00 UTC)'],
      ['--until <when>', 'when it ends, e.g. 30d, 1y or 2027-01-01 (default in one year)'],
      ['--data-from <date>', 'only records clinically dated on that date or later'],
      ['--data-until <date>', 'only records clinically dated before that date'],
      [
        '--broker <who>',
        'for HRESCH: the institution that de-identifies (default the one that registered you)',
      ],
      [
        '--part2 <file>',
        'JSON with the elements of a written consent, for records of a 42 CFR Part 2 programme',
      ],
      ['--deny', 'forbid what it names instead of permitting it'],
      FOR_OPTION,
    ],
    examples: [
      'medchain grant dr-lopez --compartment laboratory,medication --until 30d',
      'medchain grant did:medchain:z… --compartment all --purpose TREAT,HPAYMT',
      'medchain grant dr-lopez --compartment laboratory --data-from 2026-01-01 --until 30d',
      'medchain grant',
    ],
    load: async () => (await import('./give.ts')).give,
  },
  {
    name: 'revoke',
    arguments: [GRANT],
    summary: 'end a grant from the next block on',
    details:
      'Every honest node refuses from the height it prints. What was read cannot be called back, and an ' +
      'institution goes on reading, for treatment, payment and its own operations, what it wrote itself.',
    options: [['--compartment <list...>', 'end it for these compartments only'], FOR_OPTION],
    examples: ['medchain revoke k3qf7'],
    load: async () => (await import('./revoke.ts')).revoke,
  },
  {
    name: 'grants',
    summary: 'whom you let read what, and until when',
    details:
      'Grants by dates take in the records that came since and match: a further grant under the same terms and ' +
      'name. --json tells for each term whether a key or a rule enforces it.',
    options: [
      ['--active', 'only those in force'],
      ['--resend', 'send the keys of grants in force again, for a grantee that never got them'],
    ],
    examples: ['medchain grants', 'medchain grants --active --json'],
    load: async () => (await import('./list.ts')).listGrants,
  },
]
