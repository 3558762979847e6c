import {
  bytes,
  bytesFromText,
  concatBytes,
  decode,
  encode,
  guardianInForce,
  hexFromBytes,
  list,
  type Notice,
  noticeAcknowledge,
  noticeList,
  ok,
  type Result,
} from '@medchain/core'
import type { PersonCharts } from '../directory/person-charts.ts'
import type { Dispatcher } from '../requests/dispatcher.ts'
import type { PrivacyPorts, VaultName } from '../requests/ports.ts'
import type { NoticeSource, NoticeSubjects } from './notice-source.ts'

const NOTICES_MAX = 1000
const acknowledgedSchema = list(bytes(32), NOTICES_MAX)
const PREFIX = bytesFromText('acknowledged/')

const nameOf = (person: Uint8Array): VaultName => ({ kind: 'index', key: concatBytes(PREFIX, person) })

/**
 * What people are to know, until they have acknowledged it. Notices are read from committed state each time, so none is
 * lost; only what was acknowledged is stored. Patients ask by their own id, guardians by their account.
 */
export const serveNotices = (
  { chain, vault }: Pick<PrivacyPorts, 'chain' | 'vault'>,
  dispatcher: Dispatcher,
  people: Pick<PersonCharts, 'of' | 'all'>,
  recoveriesOf: (person: Uint8Array) => readonly Uint8Array[],
  sources: readonly NoticeSource[],
): void => {
  const subjectsOf = async (actor: Uint8Array): Promise<NoticeSubjects> => {
    const own = await people.of(actor)
    if (own.ok && own.value.length > 0)
      return { charts: own.value.map(({ chart }) => chart), recoveries: recoveriesOf(actor) }
    const { view, timeMs } = chain.head()
    const charts = (await people.all())
      .map(({ chart }) => chart)
      .filter((chart) => guardianInForce(view, chart, actor, timeMs).ok)
    return { charts, recoveries: [] }
  }

  const allFor = async (actor: Uint8Array): Promise<readonly Notice[]> => {
    const subjects = await subjectsOf(actor)
    const { view } = chain.head()
    return sources
      .flatMap((source) => source(view, subjects))
      .sort((a, b) => b.timeMs - a.timeMs)
      .slice(0, NOTICES_MAX)
  }

  const acknowledgedBy = async (actor: Uint8Array): Promise<Result<ReadonlySet<string>>> => {
    const value = await vault.get(nameOf(actor))
    if (!value.ok) return value
    const ids = value.value === undefined ? ok([]) : decode(acknowledgedSchema, value.value)
    return ids.ok ? ok(new Set(ids.value.map(hexFromBytes))) : ids
  }

  dispatcher.handle(noticeList, async (_payload, { actor }) => {
    const known = await acknowledgedBy(actor)
    if (!known.ok) return known
    return ok((await allFor(actor)).filter(({ id }) => !known.value.has(hexFromBytes(id))))
  })
  dispatcher.handle(noticeAcknowledge, async ({ ids }, { actor }) => {
    const known = await acknowledgedBy(actor)
    if (!known.ok) return known
    const wanted = new Set([...known.value, ...ids.map(hexFromBytes)])
    const kept = (await allFor(actor)).map(({ id }) => id).filter((id) => wanted.has(hexFromBytes(id)))
    if (kept.length > 0) await vault.putBatch([{ ...nameOf(actor), value: encode(acknowledgedSchema, kept) }])
    return ok([])
  })
}
