import {
  bytes,
  decode,
  encode,
  type Inception,
  inceptionSchema,
  type Keyring,
  list,
  struct,
  uint,
} from '@medchain/core'

/** What the keyring keeps of a recovery that the person prepared. */
export interface PreparedRecovery {
  readonly inception: Inception
  readonly signingSeed: Uint8Array
  /** Accounts, in the order of their places. */
  readonly guardians: readonly Uint8Array[]
  readonly guardianThreshold: number
  readonly delayMs: number
}

const ENTRY = 'recoveries'

/** Oldest first: the last one is in force, those before it are still to be closed. */
const entrySchema = list(
  struct<PreparedRecovery>({
    inception: inceptionSchema,
    signingSeed: bytes(32),
    guardians: list(bytes(32), 16),
    guardianThreshold: uint(16),
    delayMs: uint(),
  }),
  16,
)

export const preparedRecoveriesOf = ({ extra }: Pick<Keyring, 'extra'>): readonly PreparedRecovery[] => {
  const entry = extra.find(({ name }) => name === ENTRY)
  const decoded = entry && decode(entrySchema, entry.value)
  return decoded?.ok ? decoded.value : []
}

export const withPreparedRecoveries = (keyring: Keyring, prepared: readonly PreparedRecovery[]): Keyring => ({
  ...keyring,
  extra: [
    ...keyring.extra.filter(({ name }) => name !== ENTRY),
    { name: ENTRY, value: encode(entrySchema, prepared) },
  ],
})

/** Who helps to recover, as the recovery in force has them. */
export const recoveryGuardiansOf = (keyring: Pick<Keyring, 'extra'>): readonly Uint8Array[] =>
  preparedRecoveriesOf(keyring).at(-1)?.guardians ?? []
