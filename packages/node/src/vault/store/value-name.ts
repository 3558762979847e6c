/** What the store keeps; the position in this list is written to disk, so it only ever grows at the end. */
export const VALUE_KINDS = [
  'envelope',
  'ciphertext',
  'release',
  'grant',
  'keyring',
  'index',
  'share',
] as const

export type ValueKind = (typeof VALUE_KINDS)[number]

/** Names one value. */
export interface ValueName {
  readonly kind: ValueKind
  /** 1 to 255 bytes; lies unencrypted on disk, so it must be an id and never a name. */
  readonly key: Uint8Array
}

export interface ValueEntry extends ValueName {
  readonly value: Uint8Array
}
