import { type Grant, hexFromBytes, RECORDS_PER_BATCH_MAX, supersessionsIn } from '@medchain/core'
import { slicesOf } from '../chart-records.ts'
import type { ResearchPorts } from '../ports.ts'
import type { ResourceIndex } from '../resource-index.ts'

/**
 * Destroys delivered rows of records that their author replaced or withdrew since: the broker says which they are.
 * Where it is away they go the next time.
 */
export const createSupersededRows = (
  { chain, rowNames, logger }: Pick<ResearchPorts, 'chain' | 'rowNames' | 'logger'>,
  index: Pick<ResourceIndex, 'removeRows'>,
): ((grants: readonly Grant[]) => Promise<void>) => {
  /** How many of a chart's supersessions were looked after, by grant; after a restart all are once more. */
  const done = new Map<string, number>()

  const removeOf = async ({ grantId, chart, broker }: Grant): Promise<void> => {
    const name = hexFromBytes(grantId)
    const from = done.get(name) ?? 0
    const superseded = supersessionsIn(chain.head().view, chart).slice(from)
    if (superseded.length === 0 || broker === undefined) return
    for (const slice of slicesOf(superseded, RECORDS_PER_BATCH_MAX)) {
      const names = await rowNames(
        broker,
        grantId,
        slice.map(({ recordId }) => recordId),
      )
      if (!names.ok) return logger.warn({ code: names.code }, 'rows of superseded records stay for now')
      await index.removeRows(grantId, names.value)
    }
    done.set(name, from + superseded.length)
  }

  return async (grants) => {
    for (const grant of grants) await removeOf(grant)
  }
}
