import { equalBytes, type Keyring, type KeyringChart, type KeyringGrant } from '@medchain/core'

const withEpochsOf = (chart: KeyringChart, other: KeyringChart | undefined): KeyringChart => {
  if (other === undefined || other.epochs.length <= chart.epochs.length) return chart
  return { ...chart, epochs: other.epochs }
}

const sameChart = (chart: KeyringChart) => (candidate: KeyringChart) =>
  equalBytes(candidate.chartId, chart.chartId)

const union = <T>(
  ours: readonly T[],
  theirs: readonly T[],
  isSame: (a: T, b: T) => boolean,
): readonly T[] => [...ours, ...theirs.filter((item) => !ours.some((own) => isSame(own, item)))]

/** A set may have several notes: further grants that were added to it have one of their own. */
const sameGrants = (a: KeyringGrant, b: KeyringGrant): boolean => {
  const [first, other] = [a.grantIds[0], b.grantIds[0]]
  return a.name === b.name && (first === undefined || other === undefined || equalBytes(first, other))
}

/** Both keyrings as one; nothing that either holds is lost. The same object when the other has nothing new. */
export const mergeKeyrings = (ours: Keyring, theirs: Keyring): Keyring => {
  const charts = union(
    ours.charts.map((chart) => withEpochsOf(chart, theirs.charts.find(sameChart(chart)))),
    theirs.charts,
    (a, b) => equalBytes(a.chartId, b.chartId),
  )
  const grants = union(ours.grants, theirs.grants, sameGrants)
  const extra = union(ours.extra, theirs.extra, (a, b) => a.name === b.name)
  const isNew =
    theirs.version > ours.version ||
    charts.some((chart, index) => chart !== ours.charts[index]) ||
    grants.length > ours.grants.length ||
    extra.length > ours.extra.length
  return isNew ? { version: Math.max(ours.version, theirs.version), charts, grants, extra } : ours
}
