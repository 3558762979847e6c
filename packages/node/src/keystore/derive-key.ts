import { type ScryptOptions, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { bytesFromHex, bytesFromText, hexFromBytes } from '@medchain/core'
import { nodeCiphers } from './ciphers.ts'

// 128 MiB and about 0.4 s a try. OpenSSL counts a little more than 128·N·r against maxmem.
const SCRYPT: ScryptOptions = { N: 2 ** 17, r: 8, p: 1, maxmem: 160 * 1024 * 1024 }

/** How the key of a keystore comes of what is given for it; the version byte of the file. */
export const STRETCHED = 1
export const DRAWN = 2

/** Text is taken in its NFKC form; bytes are taken as they are, and are the caller's to wipe. */
export type Passphrase = string | Uint8Array

const scryptAsync = promisify<string | Uint8Array, Uint8Array, number, ScryptOptions, Buffer>(scrypt)

const DRAWN_FORM = /^key:([0-9a-f]{64})$/

/** A passphrase that a machine drew: 256 bits, which need no stretching. */
export const drawPassphrase = (): string => `key:${hexFromBytes(nodeCiphers.randomBytes(32))}`

const drawnKeyIn = (passphrase: Passphrase): Uint8Array | undefined => {
  const text = typeof passphrase === 'string' ? passphrase : Buffer.from(passphrase).toString('latin1')
  const hex = DRAWN_FORM.exec(text)?.[1]
  const bytes = hex === undefined ? undefined : bytesFromHex(hex)
  return bytes?.ok ? bytes.value : undefined
}

export const versionFor = (passphrase: Passphrase): number => (drawnKeyIn(passphrase) ? DRAWN : STRETCHED)

/** 32 bytes, the caller's to wipe; undefined when the passphrase is none of this version. */
export const deriveKey = async (
  version: number,
  passphrase: Passphrase,
  salt: Uint8Array,
): Promise<Uint8Array | undefined> => {
  if (version === STRETCHED)
    return scryptAsync(
      typeof passphrase === 'string' ? passphrase.normalize('NFKC') : passphrase,
      salt,
      32,
      SCRYPT,
    )
  const drawn = drawnKeyIn(passphrase)
  if (version !== DRAWN || drawn === undefined) return undefined
  const key = nodeCiphers.hkdfSha256(drawn, salt, bytesFromText('medchain/keystore/2'), 32)
  drawn.fill(0)
  return key
}
