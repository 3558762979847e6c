import { rm } from 'node:fs/promises'
import {
  blob,
  bytes,
  bytesFromText,
  decode,
  encode,
  equalBytes,
  list,
  openWith,
  sealTo,
  struct,
  uint,
} from '@medchain/core'
import type { OpenIdentity } from '../wallet/wallet.ts'
import { readIfThere, type WalletFiles, writeWalletFile } from '../wallet/wallet-files.ts'

/** Secrets that custodians released for one emergency. */
export interface KeptKeys {
  readonly emergency: Uint8Array
  readonly epochs: readonly { readonly epoch: number; readonly secret: Uint8Array }[]
}

const keptSchema = list(
  struct<KeptKeys>({
    emergency: bytes(32),
    epochs: list(struct({ epoch: uint(), secret: bytes(32) }), 4096),
  }),
  1024,
)

const sealedSchema = struct({ enc: bytes(32), ciphertext: blob(8 * 1024 * 1024) })

const INFO = bytesFromText('medchain/emergency-keys/1')
const NO_AAD = new Uint8Array(0)

type Owner = Pick<OpenIdentity, 'name' | 'secrets' | 'inception'>

/** What is kept on this machine; nothing where the file is missing or was sealed to somebody else. */
export const readKeptKeys = async (files: WalletFiles, owner: Owner): Promise<readonly KeptKeys[]> => {
  const content = await readIfThere(files.emergencies(owner.name))
  const sealed = content && decode(sealedSchema, content)
  if (!sealed?.ok) return []
  const { enc, ciphertext } = sealed.value
  const plain = await openWith(owner.secrets.sealingSecret, enc, INFO, NO_AAD, ciphertext)
  const kept = plain && decode(keptSchema, plain)
  return kept?.ok ? kept.value : []
}

/** Keeps these and nothing else, sealed to their owner; the custodians can be asked again while it is in force. */
export const writeKeptKeys = async (
  files: WalletFiles,
  owner: Owner,
  kept: readonly KeptKeys[],
): Promise<void> => {
  const file = files.emergencies(owner.name)
  if (kept.length === 0) return rm(file, { force: true })
  const sealed = await sealTo(owner.inception.sealingKey, INFO, NO_AAD, encode(keptSchema, kept))
  if (sealed !== undefined) await writeWalletFile(file, encode(sealedSchema, sealed))
}

/** Forgets the keys of emergencies that are over. */
export const forgetKeys = async (
  files: WalletFiles,
  owner: Owner,
  ended: readonly Uint8Array[],
): Promise<void> => {
  const kept = await readKeptKeys(files, owner)
  const left = kept.filter(({ emergency }) => !ended.some((id) => equalBytes(id, emergency)))
  if (left.length < kept.length) await writeKeptKeys(files, owner, left)
}
