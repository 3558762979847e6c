import type { CommandSpec } from '../command-spec.ts'

export const memberCommands: readonly CommandSpec[] = [
  {
    name: 'member list',
    summary: 'the institutions of the network',
    examples: ['medchain member list'],
    load: async () => (await import('./list.ts')).listMembers,
  },
]
