import { bytes, decode, encode, type Keyring, list } from '@medchain/core'
import { FORMER_MAX } from './secrets.ts'

const FORMER_SEALING = 'former-sealing'

const schema = list(bytes(32), FORMER_MAX)

/** Sealing secrets before the present one, newest first: what was sealed to them still opens. */
export const formerSealingOf = ({ extra }: Keyring): readonly Uint8Array[] => {
  const entry = extra.find(({ name }) => name === FORMER_SEALING)
  const decoded = entry && decode(schema, entry.value)
  return decoded?.ok ? decoded.value : []
}

export const withFormerSealing = (keyring: Keyring, secrets: readonly Uint8Array[]): Keyring => {
  const others = keyring.extra.filter(({ name }) => name !== FORMER_SEALING)
  const value = encode(schema, secrets.slice(0, FORMER_MAX))
  return { ...keyring, extra: [...others, { name: FORMER_SEALING, value }] }
}
