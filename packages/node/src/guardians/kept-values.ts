import {
  type Action,
  blob,
  bytesFromText,
  concatBytes,
  decode,
  encode,
  ok,
  type Result,
  type Schema,
  struct,
  uint,
} from '@medchain/core'
import type { PrivacyPorts, VaultName } from '../requests/ports.ts'

/** Of every id in a name. */
export const ID_BYTES = 32
const VALUE_BYTES_MAX = (1 << 20) + 8192

/** Sealed content with the version of the keyring that it holds. */
export interface StoredContent {
  readonly counter: number
  readonly content: Uint8Array
}

/** Deletable values of recoveries, by what they are and the ids that they belong to. */
export interface KeptValues<T> {
  readonly get: (...ids: readonly Uint8Array[]) => Promise<Result<T | undefined>>
  readonly put: (value: T, ...ids: readonly Uint8Array[]) => Promise<void>
  /** The rest of the names that begin with these ids. */
  readonly list: (...ids: readonly Uint8Array[]) => readonly Uint8Array[]
  readonly erase: (...ids: readonly Uint8Array[]) => Promise<void>
}

const keptValues = <T>(
  { vault }: Pick<PrivacyPorts, 'vault'>,
  what: string,
  schema: Schema<T>,
): KeptValues<T> => {
  const prefix = bytesFromText(`recovery/${what}/`)
  const nameOf = (ids: readonly Uint8Array[]): VaultName => ({
    kind: 'index',
    key: concatBytes(prefix, ...ids),
  })
  return {
    async get(...ids) {
      const value = await vault.get(nameOf(ids))
      if (!value.ok) return value
      return value.value === undefined ? ok(undefined) : decode(schema, value.value, VALUE_BYTES_MAX)
    },
    put: (value, ...ids) => vault.putBatch([{ ...nameOf(ids), value: encode(schema, value) }]),
    list(...ids) {
      const start = nameOf(ids).key
      return vault.list('index', start).map((key) => key.slice(start.length))
    },
    async erase(...ids) {
      await vault.erase([nameOf(ids)])
    },
  }
}

export const createKeptValues = (ports: Pick<PrivacyPorts, 'vault'>) => ({
  /** A custodian's own share, as its client sealed it to the institution; by recovery. */
  shares: keptValues(ports, 'share', blob(4096)),
  /** By recovery. */
  contents: keptValues(
    ports,
    'content',
    struct<StoredContent>({ counter: uint(), content: blob(VALUE_BYTES_MAX) }),
  ),
  /** Guardians' shares for a ticket; by recovery and place (one byte). */
  given: keptValues(ports, 'given', blob(4096)),
  /** Shares of the institution's own guardians; by guardian and recovery. */
  entrusted: keptValues(ports, 'entrusted', blob(4096)),
  /** Whose recovery it is, from before it is on the chain; by recovery and person. */
  owners: keptValues(ports, 'owner', blob(0)),
  /** The newest recovery of a person that the institution registered; by person. */
  people: keptValues(ports, 'person', blob(32)),
})

export type RecoveryValues = ReturnType<typeof createKeptValues>

export type PayloadOf<T> = T extends Action<infer P, infer _A> ? P : never
