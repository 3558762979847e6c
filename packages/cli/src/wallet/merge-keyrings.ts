import {
  equalBytes,
  type Keyring,
  type KeyringChart,
  type KeyringExtra,
  type KeyringGrant,
} from '@medchain/core'
import {
  PREPARED_KEYS,
  type PreparedKeys,
  preparedKeysOf,
  samePrepared,
  withPreparedKeys,
} from './prepared-keys.ts'

const union = <T>(
  ours: readonly T[],
  theirs: readonly T[],
  isSame: (a: T, b: T) => boolean,
): readonly T[] => [...ours, ...theirs.filter((item) => !ours.some((own) => isSame(own, item)))]

const lastEpoch = ({ epochs }: KeyringChart): number => epochs.at(-1)?.epoch ?? -1

/**
 * Both hold what the chain once had, so the epochs are those of either. A new controller comes with a new epoch:
 * the controller of whoever knows of the later one is the newer.
 */
const mergeCharts = (ours: KeyringChart, theirs: KeyringChart | undefined): KeyringChart => {
  if (theirs === undefined) return ours
  const epochs = union(ours.epochs, theirs.epochs, (a, b) => a.epoch === b.epoch)
  const isBehind = lastEpoch(theirs) > lastEpoch(ours)
  if (epochs.length === ours.epochs.length && !isBehind) return ours
  const { controllerSeed } = isBehind ? theirs : ours
  return { ...ours, controllerSeed, epochs: [...epochs].sort((a, b) => a.epoch - b.epoch) }
}

const lacks = (chart: KeyringChart, other: KeyringChart): boolean =>
  other.epochs.some(({ epoch }) => !chart.epochs.some((own) => own.epoch === epoch))

/**
 * Two machines that each opened an epoch without knowing of the other's handed over lists with a gap: the present
 * epoch of such a chart is prepared once more, so that the whole list goes out.
 */
const splitCharts = (ours: Keyring, theirs: Keyring, merged: readonly KeyringChart[]): PreparedKeys[] =>
  merged.flatMap((chart) => {
    const [own, other] = [ours, theirs].map(({ charts }) => charts.find(sameChart(chart)))
    const last = chart.epochs.at(-1)
    const isSplit = own && other && lacks(own, other) && lacks(other, own)
    return isSplit && last
      ? [{ chartId: chart.chartId, epochSecret: last.secret, controllerSeed: undefined }]
      : []
  })

const sameChart = (chart: KeyringChart) => (candidate: KeyringChart) =>
  equalBytes(candidate.chartId, chart.chartId)

/** A set may have several notes: further grants that were added to it have one of their own. */
const sameGrants = (a: KeyringGrant, b: KeyringGrant): boolean => {
  const [first, other] = [a.grantIds[0], b.grantIds[0]]
  return a.name === b.name && (first === undefined || other === undefined || equalBytes(first, other))
}

const ofBoth = (newer: Keyring, older: Keyring): readonly KeyringExtra[] =>
  union(newer.extra, older.extra, (a, b) => a.name === b.name)

/** Of one name the value of the higher version holds; what is prepared on either machine may be on the chain. */
const mergeExtra = (
  ours: Keyring,
  theirs: Keyring,
  split: readonly PreparedKeys[],
): readonly KeyringExtra[] => {
  const extra = theirs.version > ours.version ? ofBoth(theirs, ours) : ofBoth(ours, theirs)
  const noted = union(preparedKeysOf(ours), preparedKeysOf(theirs), samePrepared)
  const prepared = union(noted, split, samePrepared)
  const isWhole = prepared.length === preparedKeysOf({ extra }).length
  return isWhole ? extra : withPreparedKeys({ ...ours, extra }, prepared).extra
}

const sizeOf = (extra: readonly KeyringExtra[]): number =>
  extra.length + preparedKeysOf({ extra }).length + (extra.some(({ name }) => name === PREPARED_KEYS) ? 1 : 0)

/** Both keyrings as one; nothing that either holds is lost. The same object when the other has nothing new. */
export const mergeKeyrings = (ours: Keyring, theirs: Keyring): Keyring => {
  const charts = union(
    ours.charts.map((chart) => mergeCharts(chart, theirs.charts.find(sameChart(chart)))),
    theirs.charts,
    (a, b) => equalBytes(a.chartId, b.chartId),
  )
  const grants = union(ours.grants, theirs.grants, sameGrants)
  const extra = mergeExtra(ours, theirs, splitCharts(ours, theirs, charts))
  const isNew =
    theirs.version > ours.version ||
    charts.some((chart, index) => chart !== ours.charts[index]) ||
    grants.length > ours.grants.length ||
    sizeOf(extra) > sizeOf(ours.extra)
  return isNew ? { version: Math.max(ours.version, theirs.version), charts, grants, extra } : ours
}
