import type { CommandSpec } from '../command-spec.ts'

export const eraseCommands: readonly CommandSpec[] = [
  {
    name: 'erase',
    arguments: [['[record...]', 'ids of your records, or at least the first four characters of each']],
    summary: 'have records destroyed at every institution, in 72 hours',
    details:
      'For 72 hours --cancel takes it back; then every institution destroys what it holds and signs for it. What was ' +
      'read or copied before cannot be called back. Records that a legal hold or a retention period keeps are left ' +
      'out and named.',
    options: [
      ['--all', 'all records of all your charts'],
      ['--cancel', 'take back the erasures of these records, or of all that wait'],
      ['--status', 'how far your erasures are, as medchain erasures tells it'],
    ],
    examples: ['medchain erase k3qf7', 'medchain erase --all --yes', 'medchain erase k3qf7 --cancel'],
    load: async () => (await import('./erase.ts')).erase,
  },
  {
    name: 'erasures',
    summary: 'how far your erasures are: who has destroyed, who still owes, what is kept and why',
    examples: ['medchain erasures', 'medchain erasures --json'],
    load: async () => (await import('./list.ts')).listErasures,
  },
]
