import type { CommandSpec } from '../command-spec.ts'

export const registerCommands: readonly CommandSpec[] = [
  {
    name: 'register',
    summary: 'put the identity on the chain, sponsored by the node’s institution',
    details:
      'A patient gets one chart for each compartment; the chain never learns which belong together. The sponsor may ' +
      'write to them for a year, and reads nothing back by that. Charts that are not protected are left open to ' +
      'emergencies: medchain emergency readiness shows it. Everybody else gets an account. Running it again is ' +
      'harmless and completes what was interrupted.',
    options: [
      ['--no-write', 'give the sponsor no access at all'],
      ['--no-emergency', 'leave no chart open to emergencies'],
      [
        '--token <token>',
        'enrolment token of the institution, where it asks for one; - asks for it (or MEDCHAIN_TOKEN)',
      ],
    ],
    examples: ['medchain register --as maria', 'medchain register --as dr-lopez --token -'],
    load: async () => (await import('./register.ts')).register,
  },
]
