import { type ScryptOptions, scrypt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { concatBytes, equalBytes, ok, type Result } from '@medchain/core'
import { writeFileAtomic } from './atomic-file.ts'
import { nodeCiphers } from './ciphers.ts'
import { refuseKeystore } from './codes.ts'

// Layout: magic (4) ‖ version (1) ‖ scrypt salt (32) ‖ nonce (12) ‖ AES-256-GCM ‖ SHA-256 of all before (32).
// The plain digest tells a damaged file from a wrong passphrase.
const MAGIC = Uint8Array.of(0x4d, 0x43, 0x4b, 0x53)
const VERSION = 1
const SALT_AT = MAGIC.length + 1
const NONCE_AT = SALT_AT + 32
const SEALED_AT = NONCE_AT + 12
const DIGEST_BYTES = 32
const TAG_BYTES = 16

// 128 MiB and about 0.4 s a try. OpenSSL counts a little more than 128·N·r against maxmem.
const SCRYPT: ScryptOptions = { N: 2 ** 17, r: 8, p: 1, maxmem: 160 * 1024 * 1024 }

/** Text is taken in its NFKC form; bytes are taken as they are, and are the caller's to wipe. */
export type Passphrase = string | Uint8Array

const scryptAsync = promisify<string | Uint8Array, Uint8Array, number, ScryptOptions, Buffer>(scrypt)

const keyFrom = async (passphrase: Passphrase, salt: Uint8Array): Promise<Uint8Array> =>
  scryptAsync(typeof passphrase === 'string' ? passphrase.normalize('NFKC') : passphrase, salt, 32, SCRYPT)

const systemCode = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown error'

/**
 * Writes `bytes` under the passphrase, mode 0600, atomically and durably; the old content is overwritten.
 * `keystore.unwritable` with the system's reason when the file system refuses.
 */
export const writeKeystore = async (
  file: string,
  passphrase: Passphrase,
  bytes: Uint8Array,
): Promise<Result<void>> => {
  const head = concatBytes(
    MAGIC,
    Uint8Array.of(VERSION),
    nodeCiphers.randomBytes(32),
    nodeCiphers.randomBytes(12),
  )
  const key = await keyFrom(passphrase, head.subarray(SALT_AT, NONCE_AT))
  const sealed = nodeCiphers.aesGcmSeal(key, head.subarray(NONCE_AT), head, bytes)
  key.fill(0)
  const content = concatBytes(head, sealed)
  try {
    await writeFileAtomic(file, concatBytes(content, nodeCiphers.sha256(content)), {
      mode: 0o600,
      shred: true,
    })
    return ok(undefined)
  } catch (error) {
    return refuseKeystore('keystore.unwritable', `${file}: ${systemCode(error)}`)
  }
}

const readContent = async (file: string): Promise<Result<Uint8Array>> => {
  let whole: Uint8Array
  try {
    whole = await readFile(file)
  } catch (error) {
    const code = systemCode(error) === 'ENOENT' ? 'keystore.missing' : 'keystore.unreadable'
    return refuseKeystore(code, `${file}: ${systemCode(error)}`)
  }
  const content = whole.subarray(0, Math.max(0, whole.length - DIGEST_BYTES))
  const isWhole =
    content.length >= SEALED_AT + TAG_BYTES &&
    equalBytes(content.subarray(0, MAGIC.length), MAGIC) &&
    equalBytes(nodeCiphers.sha256(content), whole.subarray(content.length))
  if (!isWhole) return refuseKeystore('keystore.damaged', file)
  return content[MAGIC.length] === VERSION ? ok(content) : refuseKeystore('keystore.version', file)
}

/**
 * The bytes of a keystore, or `keystore.missing`, `keystore.unreadable`, `keystore.damaged`,
 * `keystore.version`, `keystore.wrong-passphrase`, each naming the file.
 */
export const readKeystore = async (file: string, passphrase: Passphrase): Promise<Result<Uint8Array>> => {
  const content = await readContent(file)
  if (!content.ok) return content
  const head = content.value.subarray(0, SEALED_AT)
  const key = await keyFrom(passphrase, head.subarray(SALT_AT, NONCE_AT))
  const sealed = content.value.subarray(SEALED_AT)
  const bytes = nodeCiphers.aesGcmOpen(key, head.subarray(NONCE_AT), head, sealed)
  key.fill(0)
  return bytes === undefined ? refuseKeystore('keystore.wrong-passphrase', file) : ok(bytes)
}
