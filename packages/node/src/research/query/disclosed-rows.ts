import { batches, bytesFromHex, hexFromBytes, unwrap } from '@medchain/core'
import { slicesOf } from '../chart-records.ts'
import type { ResearchPorts } from '../ports.ts'
import type { FoundRow, ShowRows } from './answer-query.ts'

const RECORDS_PER_DISCLOSURE = 200

/**
 * Rows of the institution's own index are records of named patients: each page of them is disclosed anew, so
 * that two holders decide and log it like any reading. What they refuse or cannot give is not shown.
 */
export const disclosedRows =
  ({ chain, read }: Pick<ResearchPorts, 'chain' | 'read'>): ShowRows =>
  async (found) => {
    const { view } = chain.head()
    const byChart = new Map<string, FoundRow[]>()
    for (const row of found) {
      const chart = view.get(batches, unwrap(bytesFromHex(row.unit)))?.chart
      if (chart === undefined) continue
      const name = hexFromBytes(chart)
      byChart.set(name, [...(byChart.get(name) ?? []), row])
    }
    const shown = new Set<string>()
    for (const [chart, rows] of byChart) {
      for (const slice of slicesOf(rows, RECORDS_PER_DISCLOSURE)) {
        const ids = slice.map(({ record }) => unwrap(bytesFromHex(record)))
        const opened = await read(unwrap(bytesFromHex(chart)), ids, 'HOPERAT')
        for (const [record, result] of opened) if (result.ok) shown.add(record)
      }
    }
    return found.filter(({ record }) => shown.has(record))
  }
