import {
  type AccessAnswering,
  type AccessSending,
  answerLockOf,
  blob,
  bytes,
  bytesFromText,
  concatBytes,
  decode,
  encode,
  equalBytes,
  type ListedAccessRequest,
  ok,
  optional,
  type Result,
  struct,
  uint,
} from '@medchain/core'
import { refuseRequest } from '../requests/codes.ts'
import type { PrivacyPorts, VaultName } from '../requests/ports.ts'
import { refuseInbox } from './codes.ts'

/** Of one requester, and of one requester to one patient: those that wait for an answer. */
const REQUESTER_WAITING_MAX = 100
const PAIR_WAITING_MAX = 3
/** Of one requester within an hour, whatever became of them. */
const REQUESTER_HOURLY_MAX = 60
const HOUR_MS = 3_600_000
/** Of one requester, ended ones included: the oldest of those make room. */
const REQUESTER_KEPT_MAX = 300
/** Of the whole institution. */
const WAITING_MAX = 5000
/** How long the requester still finds what has ended. */
const KEPT_MS = 30 * 86_400_000

interface Sent {
  readonly copy: Uint8Array
  /** The same for each request of one requester to one patient. */
  readonly sender: Uint8Array
  readonly lock: Uint8Array
  readonly createdMs: number
  readonly expiresMs: number
  readonly answer: Uint8Array | undefined
}

const sentSchema = struct<Sent>({
  copy: blob(40 * 1024),
  sender: bytes(32),
  lock: bytes(32),
  createdMs: uint(),
  expiresMs: uint(),
  answer: optional(blob(40 * 1024)),
})

const PREFIX = bytesFromText('asked/')
const REQUESTER_BYTES = 32

const withoutContents = (sent: Sent): Sent => ({
  ...sent,
  copy: new Uint8Array(0),
  answer: sent.answer && new Uint8Array(0),
})

/** What people of this institution asked for, each sealed to whoever asked. */
export interface SentRequests {
  /** `requests.limit`, `request.busy` where too many wait. */
  readonly add: (requester: Uint8Array, sender: Uint8Array, sending: AccessSending) => Promise<Result<void>>
  readonly list: (requester: Uint8Array) => Promise<Result<readonly ListedAccessRequest[]>>
  /** Takes an answer that fits; one that fits none, or comes twice, changes nothing. */
  readonly answer: (answering: AccessAnswering) => Promise<Result<void>>
  readonly sweep: () => Promise<number>
}

export const createSentRequests = ({
  vault,
  clock,
  self,
}: Pick<PrivacyPorts, 'vault' | 'clock' | 'self'>): SentRequests => {
  /** All entries by their times and senders: limits are checked without reading the vault. */
  const known = new Map<string, { readonly key: Uint8Array; readonly sent: Sent }>()
  let loading: Promise<void> | undefined
  const nameOf = (key: Uint8Array): VaultName => ({ kind: 'index', key: concatBytes(PREFIX, key) })
  const textOf = (key: Uint8Array): string => Buffer.from(key).toString('hex')

  const readAll = async (): Promise<void> => {
    for (const name of vault.list('index', PREFIX)) {
      const value = await vault.get({ kind: 'index', key: name })
      const sent = value.ok && value.value ? decode(sentSchema, value.value) : undefined
      const key = name.slice(PREFIX.length)
      if (sent?.ok) known.set(textOf(key), { key, sent: withoutContents(sent.value) })
    }
  }
  const load = (): Promise<void> => {
    loading ??= readAll()
    return loading
  }
  const isWaiting = ({ answer, expiresMs }: Sent): boolean => !answer && expiresMs > clock.wallMs()

  const write = async (key: Uint8Array, sent: Sent): Promise<void> => {
    await vault.putBatch([{ ...nameOf(key), value: encode(sentSchema, sent) }])
    known.set(textOf(key), { key, sent: withoutContents(sent) })
  }
  const read = async (key: Uint8Array): Promise<Result<Sent | undefined>> => {
    const value = await vault.get(nameOf(key))
    if (!value.ok || value.value === undefined) return value as Result<undefined>
    return decode(sentSchema, value.value)
  }

  const remove = async (entries: readonly { readonly key: Uint8Array }[]): Promise<void> => {
    if (entries.length > 0) await vault.erase(entries.map(({ key }) => nameOf(key)))
    for (const { key } of entries) known.delete(textOf(key))
  }

  return {
    async add(requester, sender, { requestId, copy, lock, expiresMs }) {
      await load()
      const all = [...known.values()]
      const own = all.filter(({ key }) => equalBytes(key.subarray(0, REQUESTER_BYTES), requester))
      const waiting = own.filter(({ sent }) => isWaiting(sent))
      const pair = waiting.filter(({ sent }) => equalBytes(sent.sender, sender))
      if (waiting.length >= REQUESTER_WAITING_MAX || pair.length >= PAIR_WAITING_MAX)
        return refuseInbox('requests.limit')
      const createdMs = clock.wallMs()
      const recent = own.filter(({ sent }) => sent.createdMs > createdMs - HOUR_MS)
      const isBusy = all.filter(({ sent }) => isWaiting(sent)).length >= WAITING_MAX
      if (recent.length >= REQUESTER_HOURLY_MAX || isBusy) return refuseRequest('request.busy')
      const ended = own.filter(({ sent }) => !isWaiting(sent))
      const excess = Math.max(0, own.length + 1 - REQUESTER_KEPT_MAX)
      await remove(ended.sort((a, b) => a.sent.createdMs - b.sent.createdMs).slice(0, excess))
      const key = concatBytes(requester, requestId)
      if (!known.has(textOf(key)))
        await write(key, { copy, sender, lock, createdMs, expiresMs, answer: undefined })
      return ok(undefined)
    },
    async list(requester) {
      const listed: ListedAccessRequest[] = []
      for (const name of vault.list('index', concatBytes(PREFIX, requester))) {
        const key = name.slice(PREFIX.length)
        const sent = await read(key)
        if (!sent.ok) return sent
        if (!sent.value) continue
        const { createdMs, expiresMs, copy, answer } = sent.value
        const requestId = key.slice(REQUESTER_BYTES)
        const institution = self.id
        listed.push({ requestId, direction: 'sent', institution, createdMs, expiresMs, sealed: copy, answer })
      }
      return ok(listed)
    },
    async answer({ requestId, answerKey, sealed }) {
      await load()
      const lock = answerLockOf(answerKey)
      const entry = [...known.values()].find(({ key, sent }) => {
        const isThis = equalBytes(key.subarray(REQUESTER_BYTES), requestId)
        return isThis && !sent.answer && equalBytes(sent.lock, lock)
      })
      if (!entry) return ok(undefined)
      const sent = await read(entry.key)
      if (sent.ok && sent.value) await write(entry.key, { ...sent.value, answer: sealed })
      return ok(undefined)
    },
    async sweep() {
      await load()
      const over = [...known.values()].filter(({ sent }) => sent.expiresMs + KEPT_MS <= clock.wallMs())
      await remove(over)
      return over.length
    },
  }
}
