import { FOR_OPTION } from '../../guarding/for-option.ts'
import type { CommandSpec } from '../command-spec.ts'

export const recordsCommands: readonly CommandSpec[] = [
  {
    name: 'records',
    summary: 'list the records that you may see',
    details:
      'A patient sees all of the own charts. Others see what grants to them and records of their institution allow. ' +
      'A list is a disclosure of titles: it is logged at the institutions that hold the records.',
    options: [
      ['--subject <subject>', 'the patient: a DID, a card file or the name of a contact'],
      FOR_OPTION,
      ['--compartment <list>', 'only these compartments'],
      ['--all', 'also those that their author replaced or withdrew'],
      ['--purpose <purpose>', 'why you look (default TREAT; a patient’s own request for the patient)'],
    ],
    examples: ['medchain records', 'medchain records --subject maria --compartment laboratory --limit 20'],
    load: async () => (await import('./list.ts')).listRecords,
  },
]
