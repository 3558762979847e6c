import {
  batches,
  type ChartEntry,
  chartBatches,
  charts,
  equalBytes,
  grants,
  hexFromBytes,
  openGrant,
  positionKey,
  type ReadView,
} from '@medchain/core'
import type { PrivacyPorts } from '../requests/ports.ts'
import type { GrantEnvelopes } from './grant-envelopes.ts'

/** Charts of a person that grants to this institution name: those in force, and those in which it has written. */
export type GrantedCharts = (person: Uint8Array) => Promise<readonly ChartEntry[]>

interface NamedChart extends ChartEntry {
  readonly person: Uint8Array
}

const hasWritten = (view: ReadView, chart: Uint8Array, institution: Uint8Array): boolean =>
  Array.from({ length: view.get(charts, chart)?.batchCount ?? 0 }, (_, position) => position).some(
    (position) => {
      const batchId = view.get(chartBatches, chart, positionKey(position))
      const batch = batchId && view.get(batches, batchId)
      return batch !== undefined && equalBytes(batch.institution, institution)
    },
  )

/** Whose chart it is stands in the sealed grant alone; each is opened once, and nothing but the name remembered. */
export const createGrantedCharts = (
  { chain, self, clock }: Pick<PrivacyPorts, 'chain' | 'self' | 'clock'>,
  envelopes: Pick<GrantEnvelopes, 'idsFor' | 'find'>,
): GrantedCharts => {
  const opened = new Map<string, NamedChart | undefined>()

  const open = async (grantId: Uint8Array): Promise<NamedChart | undefined> => {
    const sealed = await envelopes.find(grantId)
    if (!sealed.ok || sealed.value === undefined) return undefined
    const context = { networkId: chain.networkId, grantee: self.id }
    const grant = await openGrant(self.sealingSecret, context, sealed.value)
    if (!grant.ok) return undefined
    const { person, chart, compartment } = grant.value
    return { person, chart, compartment }
  }

  const isOpenToUs = (grantId: Uint8Array, { chart }: NamedChart): boolean => {
    const { view, timeMs } = chain.head()
    const grant = view.get(grants, grantId)
    if (!grant || !equalBytes(grant.chart, chart)) return false
    const now = Math.max(timeMs, clock.wallMs())
    const isInForce = grant.revokedHeight === undefined && grant.fromMs <= now && now < grant.untilMs
    return isInForce || hasWritten(view, chart, self.id)
  }

  return async (person) => {
    const found = new Map<string, ChartEntry>()
    for (const grantId of envelopes.idsFor(self.id)) {
      const name = hexFromBytes(grantId)
      if (!opened.has(name)) opened.set(name, await open(grantId))
      const named = opened.get(name)
      if (named === undefined || !equalBytes(named.person, person) || !isOpenToUs(grantId, named)) continue
      found.set(hexFromBytes(named.chart), { chart: named.chart, compartment: named.compartment })
    }
    return [...found.values()]
  }
}
