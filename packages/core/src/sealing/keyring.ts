import {
  blob,
  bytes,
  decode,
  encode,
  list,
  ok,
  optional,
  type Result,
  struct,
  text,
  uint,
} from '../encoding/index.ts'
import { refuseSealing } from './codes.ts'
import { EPOCHS_MAX, type EpochSecret, epochSecretSchema } from './grant-envelope.ts'
import { type HpkeSealed, openWith, sealTo } from './hpke.ts'
import { pad, unpad } from './padding.ts'
import { encodeSubjectInfo } from './sealing-info.ts'

const LABEL = 'medchain/keyring/1'
const NOTHING = new Uint8Array(0)
const STEP_BYTES = 4096
const KEYRING_BYTES_MAX = 4 * 1024 * 1024

/** Everything secret about one chart. */
export interface KeyringChart {
  readonly compartment: string
  readonly chartId: Uint8Array
  /** Ed25519 seed of the chart's controller, 32 bytes. */
  readonly controllerSeed: Uint8Array
  /** All epochs that the chain is known to have, oldest first. */
  readonly epochs: readonly EpochSecret[]
  /** Salt of the chart's id, 32 bytes. */
  readonly salt: Uint8Array
}

/** One command's grants, under the name the person gave the set. */
export interface KeyringGrant {
  readonly name: string
  readonly grantIds: readonly Uint8Array[]
  /** DID of the grantee. */
  readonly grantee: string
  readonly compartments: readonly string[]
  /** Listed records, when the grant is not for whole compartments. */
  readonly recordIds: readonly Uint8Array[]
  readonly purposes: readonly string[]
  /** Unix time, ms. */
  readonly fromMs: number
  readonly untilMs?: number | undefined
}

/** Bytes under a name, for what later work adds (guardians' entries, recovery keys). */
export interface KeyringExtra {
  readonly name: string
  readonly value: Uint8Array
}

/** What a person holds beyond the words. */
export interface Keyring {
  /** Grows by one with every change; the highest wins. */
  readonly version: number
  readonly charts: readonly KeyringChart[]
  readonly grants: readonly KeyringGrant[]
  readonly extra: readonly KeyringExtra[]
}

const chartSchema = struct<KeyringChart>({
  compartment: text(64),
  chartId: bytes(32),
  controllerSeed: bytes(32),
  epochs: list(epochSecretSchema, EPOCHS_MAX),
  salt: bytes(32),
})

const grantSchema = struct<KeyringGrant>({
  name: text(256),
  grantIds: list(bytes(32), 64),
  grantee: text(128),
  compartments: list(text(64), 64),
  recordIds: list(bytes(18), 1000),
  purposes: list(text(64), 64),
  fromMs: uint(),
  untilMs: optional(uint()),
})

const keyringSchema = struct<Keyring>({
  version: uint(),
  charts: list(chartSchema, 256),
  grants: list(grantSchema, 10_000),
  extra: list(struct<KeyringExtra>({ name: text(128), value: blob(KEYRING_BYTES_MAX) }), 256),
})

const sealedSchema = struct<HpkeSealed>({ enc: bytes(32), ciphertext: blob(KEYRING_BYTES_MAX + STEP_BYTES) })

const infoOf = (networkId: Uint8Array, sealingKey: Uint8Array): Uint8Array =>
  encodeSubjectInfo({ label: LABEL, networkId, subject: NOTHING, recipient: sealingKey })

/** The canonical bytes of a keyring, for the wallet's own keystore. */
export const encodeKeyring = (keyring: Keyring): Uint8Array => encode(keyringSchema, keyring)

/** The keyring, or `keyring.damaged`. */
export const decodeKeyring = (encoded: Uint8Array): Result<Keyring> => {
  const decoded = decode(keyringSchema, encoded)
  return decoded.ok ? decoded : refuseSealing('keyring.damaged', decoded.message)
}

/** Seals the keyring to the person's sealing key, padded to 4 KiB steps; opaque to the nodes that store it. */
export const sealKeyring = async (
  sealingKey: Uint8Array,
  networkId: Uint8Array,
  keyring: Keyring,
): Promise<Result<Uint8Array>> => {
  const padded = pad(encodeKeyring(keyring), STEP_BYTES)
  const sealed = await sealTo(sealingKey, infoOf(networkId, sealingKey), NOTHING, padded)
  return sealed === undefined
    ? refuseSealing('record.public-key', 'sealing key of the person')
    : ok(encode(sealedSchema, sealed))
}

/** The keyring; `keyring.wrong-key` for another person's or network's, `keyring.damaged` for what does not decode. */
export const openKeyring = async (
  sealing: { readonly secretKey: Uint8Array; readonly publicKey: Uint8Array },
  networkId: Uint8Array,
  sealed: Uint8Array,
): Promise<Result<Keyring>> => {
  const outer = decode(sealedSchema, sealed)
  if (!outer.ok) return refuseSealing('keyring.damaged', outer.message)
  const { enc, ciphertext } = outer.value
  const padded = await openWith(
    sealing.secretKey,
    enc,
    infoOf(networkId, sealing.publicKey),
    NOTHING,
    ciphertext,
  )
  if (padded === undefined) return refuseSealing('keyring.wrong-key')
  const content = unpad(padded, STEP_BYTES)
  return content === undefined ? refuseSealing('keyring.damaged', 'padding') : decodeKeyring(content)
}
