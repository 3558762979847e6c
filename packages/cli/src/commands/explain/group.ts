import type { CommandSpec } from '../command-spec.ts'

export const explainCommands: readonly CommandSpec[] = [
  {
    name: 'explain',
    summary: 'why somebody may read a record now, or may not',
    details:
      'For patients about their own records, for staff about themselves. The answer names the rule that speaks at ' +
      'the present height; asking is no reading and opens nothing.',
    options: [
      ['--actor <actor>', 'who would read: a DID, a card file or the name of a contact (default yourself)'],
      ['--record <id>', 'the record'],
      ['--purpose <purpose>', 'TREAT, HPAYMT, HOPERAT, HRESCH, BTG or PATRQT (default TREAT)'],
    ],
    examples: ['medchain explain --actor dr-lee --record ID --purpose TREAT'],
    load: async () => (await import('./explain.ts')).explain,
  },
]
