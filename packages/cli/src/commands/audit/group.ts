import { FOR_OPTION } from '../../guarding/for-option.ts'
import type { CommandSpec } from '../command-spec.ts'

export const auditCommands: readonly CommandSpec[] = [
  {
    name: 'audit',
    summary: 'who asked for your records, and what was answered',
    details:
      'Gathers the logs of all institutions, newest first. --verify checks them against the chain and against each ' +
      'other, and names the institution that altered, left out or withheld something (exit code 6). An institution ' +
      'that does not answer is named, with exit code 8. --accounting leaves out treatment, payment, operations and ' +
      'your own reading, as 45 CFR 164.528 does.',
    options: [
      FOR_OPTION,
      ['--verify', 'check everything against the chain'],
      ['--accounting', 'only what an accounting of disclosures lists'],
    ],
    examples: ['medchain audit --verify', 'medchain audit --accounting --json'],
    load: async () => (await import('./audit.ts')).showAudit,
  },
]
