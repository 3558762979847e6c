import type { CommandSpec } from '../command-spec.ts'

export const exportCommands: readonly CommandSpec[] = [
  {
    name: 'export',
    summary: 'all your data, as FHIR',
    details:
      'Writes a folder: resources as NDJSON by type, other files under files/, your grants as Consent.ndjson, and a ' +
      'manifest.json that names what is there. Each disclosure is of at most 200 records and is logged. Run again ' +
      'with the same folder it goes on where it stopped. What its author replaced or withdrew is left out; with --all ' +
      'it stands under superseded/, and in no page.',
    options: [
      ['--out <dir>', 'the folder'],
      ['--all', 'also records that their author replaced or withdrew'],
    ],
    examples: ['medchain export --out ./my-record', 'medchain export --out ./my-record --all'],
    load: async () => (await import('./export.ts')).exportEverything,
  },
]
