import { bytes, decode, encode, equalBytes, type Keyring, list, optional, struct } from '@medchain/core'

/** Secrets of a chart that are kept before the chain sees their public keys, until whoever remains has them. */
export interface PreparedKeys {
  readonly chartId: Uint8Array
  /** X25519 secret of the next epoch, 32 bytes. */
  readonly epochSecret: Uint8Array
  /** Ed25519 seed of the next controller, where that changes too. */
  readonly controllerSeed: Uint8Array | undefined
}

export const PREPARED_KEYS = 'prepared-keys'

const preparedSchema = list(
  struct<PreparedKeys>({ chartId: bytes(32), epochSecret: bytes(32), controllerSeed: optional(bytes(32)) }),
  1024,
)

/** What is prepared, oldest first. */
export const preparedKeysOf = ({ extra }: Pick<Keyring, 'extra'>): readonly PreparedKeys[] => {
  const entry = extra.find(({ name }) => name === PREPARED_KEYS)
  const decoded = entry && decode(preparedSchema, entry.value)
  return decoded?.ok ? decoded.value : []
}

export const withPreparedKeys = (keyring: Keyring, prepared: readonly PreparedKeys[]): Keyring => {
  const others = keyring.extra.filter(({ name }) => name !== PREPARED_KEYS)
  const entry = { name: PREPARED_KEYS, value: encode(preparedSchema, prepared) }
  return { ...keyring, extra: prepared.length > 0 ? [...others, entry] : others }
}

export const samePrepared = (a: PreparedKeys, b: PreparedKeys): boolean =>
  equalBytes(a.epochSecret, b.epochSecret)
