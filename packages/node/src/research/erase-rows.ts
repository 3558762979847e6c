import { equalBytes, grants, institutionsIn } from '@medchain/core'
import type { Destroyer, DueErasure } from '../erasure/due-erasures.ts'
import type { ResearchPorts } from './ports.ts'
import type { ResourceIndex } from './resource-index.ts'

interface RowParts {
  readonly ports: Pick<ResearchPorts, 'chain' | 'rowNames'>
  readonly index: ResourceIndex
  /** Grants under which rows were delivered here, or may be. */
  readonly expectedGrants: () => readonly Uint8Array[]
}

/** Whether nothing of the records is left among the rows of one grant. */
const eraseUnderGrant = async (
  { ports, index }: RowParts,
  grantId: Uint8Array,
  { chart, records }: DueErasure,
): Promise<boolean> => {
  const { view } = ports.chain.head()
  const grant = view.get(grants, grantId)
  if (!grant || !equalBytes(grant.chart, chart) || !index.hasDelivered(grantId)) return true
  const { broker } = grant
  if (!broker || !institutionsIn(view).some((id) => equalBytes(id, broker))) {
    // Nobody is left who could say which rows they are.
    await index.removeDelivered(grantId)
    return true
  }
  const names = await ports.rowNames(broker, grantId, records)
  if (names.ok) await index.removeRows(grantId, names.value)
  return names.ok
}

/** Destroys records of the institution's own index, and de-identified rows of them that brokers delivered. */
export const eraseRowsWith =
  (parts: RowParts): Destroyer =>
  async (erasure) => {
    await parts.index.removeOwn(erasure.records)
    let isGone = true
    for (const grantId of parts.expectedGrants())
      isGone = (await eraseUnderGrant(parts, grantId, erasure)) && isGone
    return isGone ? 'gone' : 'waits'
  }
