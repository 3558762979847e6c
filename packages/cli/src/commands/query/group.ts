import type { CommandSpec } from '../command-spec.ts'

export const queryCommands: readonly CommandSpec[] = [
  {
    name: 'query',
    arguments: [
      ['<query>', 'a FHIR search, e.g. Observation?code=http://loinc.org|4548-4&value-quantity=gt7'],
    ],
    summary: 'ask a question over many patients',
    details:
      'Under HOPERAT the answer is exact and covers what your own institution wrote or was granted for its ' +
      'operations. Under HRESCH it rests on rows that hospitals de-identified for consenting patients, and counts ' +
      'of 1 to 10 persons are suppressed. csv and ndjson hold all rows unless --limit is given. ' +
      'Answers to queries cannot be proven as entries of the chain are: they rest on the word of the institutions ' +
      'that computed them.',
    options: [
      ['--purpose <purpose>', 'HRESCH or HOPERAT (default HRESCH for a researcher, HOPERAT for others)'],
      ['--count', 'only how many match'],
      ['--group-by <parameter>', 'counts for each value of a token parameter'],
      ['--format <format>', 'table, json, csv or ndjson (default table)'],
      ['--out <file>', 'write the answer to this file'],
    ],
    examples: [
      "medchain query 'Observation?code=http://loinc.org|4548-4&value-quantity=gt7' --count",
      "medchain query 'Condition?clinical-status=active' --group-by code --format csv --out conditions.csv",
    ],
    load: async () => (await import('./query.ts')).runQuery,
  },
]
