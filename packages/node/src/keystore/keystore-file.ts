import { readFile } from 'node:fs/promises'
import { assertInvariant, concatBytes, equalBytes, ok, type Result } from '@medchain/core'
import { writeFileAtomic } from './atomic-file.ts'
import { nodeCiphers } from './ciphers.ts'
import { refuseKeystore } from './codes.ts'
import { DRAWN, deriveKey, type Passphrase, STRETCHED, versionFor } from './derive-key.ts'

// Layout: magic (4) ‖ version (1) ‖ salt (32) ‖ nonce (12) ‖ AES-256-GCM ‖ SHA-256 of all before (32).
// The plain digest tells a damaged file from a wrong passphrase.
const MAGIC = Uint8Array.of(0x4d, 0x43, 0x4b, 0x53)
const SALT_AT = MAGIC.length + 1
const NONCE_AT = SALT_AT + 32
const SEALED_AT = NONCE_AT + 12
const DIGEST_BYTES = 32
const TAG_BYTES = 16

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
  const version = versionFor(passphrase)
  const head = concatBytes(
    MAGIC,
    Uint8Array.of(version),
    nodeCiphers.randomBytes(32),
    nodeCiphers.randomBytes(12),
  )
  const key = await deriveKey(version, passphrase, head.subarray(SALT_AT, NONCE_AT))
  assertInvariant(key !== undefined, 'every passphrase has a version')
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
  const isKnown = [STRETCHED, DRAWN].includes(content[MAGIC.length] as number)
  return isKnown ? ok(content) : refuseKeystore('keystore.version', file)
}

/**
 * The bytes of a keystore, or `keystore.missing`, `keystore.unreadable`, `keystore.damaged`,
 * `keystore.version`, `keystore.wrong-passphrase`, each naming the file.
 */
export const readKeystore = async (file: string, passphrase: Passphrase): Promise<Result<Uint8Array>> => {
  const content = await readContent(file)
  if (!content.ok) return content
  const head = content.value.subarray(0, SEALED_AT)
  const version = head[MAGIC.length] as number
  const key = await deriveKey(version, passphrase, head.subarray(SALT_AT, NONCE_AT))
  if (key === undefined) return refuseKeystore('keystore.wrong-passphrase', file)
  const sealed = content.value.subarray(SEALED_AT)
  const bytes = nodeCiphers.aesGcmOpen(key, head.subarray(NONCE_AT), head, sealed)
  key.fill(0)
  return bytes === undefined ? refuseKeystore('keystore.wrong-passphrase', file) : ok(bytes)
}
