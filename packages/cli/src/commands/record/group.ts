import type { CommandSpec } from '../command-spec.ts'

export const recordCommands: readonly CommandSpec[] = [
  {
    name: 'record import',
    arguments: [['<path...>', 'files or folders; folders recurse']],
    summary: 'put records into a patient’s charts',
    details:
      'Reads FHIR R4 bundles, single resources and NDJSON, each also as .gz; with --media-type any file, whole. ' +
      'One resource is one record and keeps its exact bytes. What cannot be read is listed and the rest goes on. ' +
      'Running it again imports nothing twice. A record whose own label is stricter than --compartment goes ' +
      'where its label says.',
    options: [
      ['--subject <subject>', 'the patient: a DID, a card file or the name of a contact'],
      ['--compartment <name>', 'auto, or the compartment of all that is not stricter (default auto)'],
      ['--media-type <type>', 'each file is one record of this type, e.g. image/png'],
    ],
    examples: [
      'medchain record import chart.json --subject maria',
      'medchain record import scan.dcm --subject maria --media-type application/dicom',
    ],
    load: async () => (await import('./import.ts')).importRecords,
  },
]
