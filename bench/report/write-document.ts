import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { benchmarksPage, shownRun } from './benchmarks-page.ts'
import { historyChart } from './history-chart.ts'
import { latencyChart } from './latency-chart.ts'
import type { RunRecord } from './run-record.ts'

const DOCS = path.resolve(import.meta.dirname, '../../docs')

/** The files of the document by their names in `docs`, as they follow from the history. */
export const documentFiles = (runs: readonly RunRecord[]): ReadonlyMap<string, string> => {
  const history = historyChart(runs)
  return new Map([
    ['benchmarks.md', benchmarksPage(runs)],
    ['benchmarks-latency.svg', latencyChart(shownRun(runs))],
    ...(history === undefined ? [] : [['benchmarks-history.svg', history] as const]),
  ])
}

export const writeDocument = async (runs: readonly RunRecord[]): Promise<void> => {
  for (const [name, text] of documentFiles(runs)) await writeFile(path.join(DOCS, name), text)
}
