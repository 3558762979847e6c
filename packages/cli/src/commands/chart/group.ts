import type { CommandSpec } from '../command-spec.ts'

export const chartCommands: readonly CommandSpec[] = [
  {
    name: 'chart',
    arguments: [['<subject>', 'the patient: a DID, a card file or the name of a contact']],
    summary: 'everything of a patient that you may read',
    details:
      'Writes a FHIR collection Bundle when --out ends in .json, else a folder with one file for each record. ' +
      'Resources keep their own text. Each disclosure is of at most 200 records and is logged.',
    options: [
      ['--out <dir|file>', 'where it goes'],
      ['--compartment <list>', 'only these compartments'],
      ['--purpose <purpose>', 'why you read (default TREAT; a patient’s own request for the patient)'],
    ],
    examples: [
      'medchain chart maria --out maria.json',
      'medchain chart maria --compartment laboratory --out ./laboratory',
    ],
    load: async () => (await import('./chart.ts')).writeChart,
  },
]
