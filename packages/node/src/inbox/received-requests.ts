import {
  type AccessBlock,
  type AccessDelivery,
  blob,
  bytes,
  bytesFromText,
  concatBytes,
  decode,
  encode,
  equalBytes,
  type ListedAccessRequest,
  ok,
  type Result,
  type Schema,
  struct,
  uint,
} from '@medchain/core'
import type { PrivacyPorts, VaultName } from '../requests/ports.ts'
import { refuseInbox } from './codes.ts'

/** What waits for one patient: in all, of one institution, and of one sender. What is above that is dropped. */
const PATIENT_MAX = 100
const INSTITUTION_MAX = 30
const SENDER_MAX = 3
const BLOCKS_MAX = 200

const ID_BYTES = 32

interface Received extends Omit<AccessDelivery, 'requestId' | 'subject'> {
  readonly institution: Uint8Array
}

const receivedSchema = struct<Received>({
  institution: bytes(ID_BYTES),
  sender: bytes(ID_BYTES),
  sealed: blob(40 * 1024),
  createdMs: uint(),
  expiresMs: uint(),
})
const noteSchema = struct<{ readonly note: Uint8Array }>({ note: blob(40 * 1024) })

const IN = bytesFromText('asks/')
const BLOCKED = bytesFromText('asks-blocked/')

interface Entry extends Received {
  readonly requestId: Uint8Array
}

/** Sealed requests for the patients whose home this is; deletable values, dropped in silence beyond the bounds. */
export interface ReceivedRequests {
  readonly add: (institution: Uint8Array, delivery: AccessDelivery) => Promise<void>
  readonly list: (patient: Uint8Array) => Promise<Result<readonly ListedAccessRequest[]>>
  /** Takes a request out; `requests.unknown`. */
  readonly take: (patient: Uint8Array, requestId: Uint8Array) => Promise<Result<Received>>
  readonly blocks: (patient: Uint8Array) => Promise<Result<readonly AccessBlock[]>>
  /** Blocks whoever sent the request, and drops what waits of them. */
  readonly block: (patient: Uint8Array, requestId: Uint8Array, note: Uint8Array) => Promise<Result<void>>
  readonly unblock: (patient: Uint8Array, block: Pick<AccessBlock, 'institution' | 'sender'>) => Promise<void>
  readonly sweep: () => Promise<number>
}

type Ports = Pick<PrivacyPorts, 'vault' | 'clock'>

const nameOf = (...parts: readonly Uint8Array[]): VaultName => ({
  kind: 'index',
  key: concatBytes(...parts),
})

const readValue = async <T>(
  vault: PrivacyPorts['vault'],
  schema: Schema<T>,
  key: Uint8Array,
): Promise<Result<T | undefined>> => {
  const value = await vault.get({ kind: 'index', key })
  if (!value.ok || value.value === undefined) return value as Result<undefined>
  return decode(schema, value.value)
}

export const createReceivedRequests = ({ vault, clock }: Ports): ReceivedRequests => {
  const entriesOf = async (patient: Uint8Array): Promise<Result<readonly Entry[]>> => {
    const prefix = concatBytes(IN, patient)
    const entries: Entry[] = []
    for (const key of vault.list('index', prefix)) {
      const entry = await readValue(vault, receivedSchema, key)
      if (!entry.ok) return entry
      if (entry.value && entry.value.expiresMs > clock.wallMs())
        entries.push({ ...entry.value, requestId: key.slice(prefix.length) })
    }
    return ok(entries)
  }
  const isBlocked = (patient: Uint8Array, institution: Uint8Array, sender: Uint8Array): boolean =>
    vault.list('index', concatBytes(BLOCKED, patient, institution, sender)).length > 0
  const isFrom = (institution: Uint8Array, sender: Uint8Array) => (entry: Entry) =>
    equalBytes(entry.institution, institution) && equalBytes(entry.sender, sender)

  const addNow: ReceivedRequests['add'] = async (institution, { requestId, subject, ...rest }) => {
    if (isBlocked(subject, institution, rest.sender)) return
    const entries = await entriesOf(subject)
    if (!entries.ok) return
    const ofInstitution = entries.value.filter((entry) => equalBytes(entry.institution, institution))
    const ofSender = entries.value.filter(isFrom(institution, rest.sender))
    const isFull =
      entries.value.length >= PATIENT_MAX ||
      ofInstitution.length >= INSTITUTION_MAX ||
      ofSender.length >= SENDER_MAX
    if (isFull || entries.value.some((entry) => equalBytes(entry.requestId, requestId))) return
    const value = encode(receivedSchema, { ...rest, institution })
    await vault.putBatch([{ ...nameOf(IN, subject, requestId), value }])
  }
  /** One after another: what comes at once is counted as well. */
  let adding: Promise<unknown> = Promise.resolve()

  return {
    add(institution, delivery) {
      const added = adding.then(() => addNow(institution, delivery))
      adding = added.catch(() => undefined)
      return added
    },
    async list(patient) {
      const entries = await entriesOf(patient)
      if (!entries.ok) return entries
      return ok(
        entries.value.map(({ sender: _sender, ...entry }) => ({
          ...entry,
          direction: 'received' as const,
          answer: undefined,
        })),
      )
    },
    async take(patient, requestId) {
      const name = nameOf(IN, patient, requestId)
      const entry = await readValue(vault, receivedSchema, name.key)
      if (!entry.ok) return entry
      if (entry.value === undefined) return refuseInbox('requests.unknown')
      await vault.erase([name])
      return ok(entry.value)
    },
    async blocks(patient) {
      const prefix = concatBytes(BLOCKED, patient)
      const blocks: AccessBlock[] = []
      for (const key of vault.list('index', prefix)) {
        const value = await readValue(vault, noteSchema, key)
        if (!value.ok) return value
        const rest = key.slice(prefix.length)
        const [institution, sender] = [rest.slice(0, ID_BYTES), rest.slice(ID_BYTES)]
        if (value.value) blocks.push({ institution, sender, note: value.value.note })
      }
      return ok(blocks)
    },
    async block(patient, requestId, note) {
      const entries = await entriesOf(patient)
      if (!entries.ok) return entries
      const chosen = entries.value.find((entry) => equalBytes(entry.requestId, requestId))
      if (!chosen) return refuseInbox('requests.unknown')
      if (vault.list('index', concatBytes(BLOCKED, patient)).length >= BLOCKS_MAX)
        return refuseInbox('requests.blocked')
      const { institution, sender } = chosen
      const name = nameOf(BLOCKED, patient, institution, sender)
      await vault.putBatch([{ ...name, value: encode(noteSchema, { note }) }])
      const dropped = entries.value.filter(isFrom(institution, sender))
      await vault.erase(dropped.map((entry) => nameOf(IN, patient, entry.requestId)))
      return ok(undefined)
    },
    async unblock(patient, { institution, sender }) {
      await vault.erase([nameOf(BLOCKED, patient, institution, sender)])
    },
    async sweep() {
      const over: VaultName[] = []
      for (const key of vault.list('index', IN)) {
        const entry = await readValue(vault, receivedSchema, key)
        if (entry.ok && entry.value && entry.value.expiresMs <= clock.wallMs()) over.push(nameOf(key))
      }
      if (over.length > 0) await vault.erase(over)
      return over.length
    },
  }
}
