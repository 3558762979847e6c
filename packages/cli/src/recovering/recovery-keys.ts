import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import {
  accountIdFromInception,
  bytes,
  decode,
  encode,
  type Inception,
  struct,
  text,
  uint,
} from '@medchain/core'
import { nodeCiphers, readKeystore, writeKeystore } from '@medchain/node'
import type { Actor } from '../client/signed-request.ts'
import { fail, valueOrFail } from '../command-error.ts'

/** Keys that stand by themselves: a recovery's, or the ticket of one attempt. */
export interface OwnKeys {
  readonly signingSeed: Uint8Array
  readonly sealingSecret: Uint8Array
  readonly inception: Inception
}

export const createOwnKeys = (): OwnKeys => {
  const signingSeed = nodeCiphers.randomBytes(32)
  const sealingSecret = nodeCiphers.randomBytes(32)
  return ownKeysFrom({ signingSeed, sealingSecret, salt: nodeCiphers.randomBytes(32) })
}

const ownKeysFrom = ({
  signingSeed,
  sealingSecret,
  salt,
}: Pick<OwnKeys, 'signingSeed' | 'sealingSecret'> & { readonly salt: Uint8Array }): OwnKeys => ({
  signingSeed,
  sealingSecret,
  inception: {
    signingKey: nodeCiphers.ed25519Public(signingSeed),
    sealingKey: nodeCiphers.x25519Public(sealingSecret),
    salt,
  },
})

/** Signs by such keys; a node knows a ticket by its first keys, a recovery by the chain. */
export const keysActor = ({ signingSeed, inception }: Pick<OwnKeys, 'signingSeed' | 'inception'>): Actor => ({
  id: accountIdFromInception(inception),
  inception,
  sign: (message) => nodeCiphers.ed25519Sign(signingSeed, message),
})

/** What waits on this machine for a recovery to come through. */
export interface PendingRecovery {
  readonly ticket: OwnKeys
  /** The new words, separated by spaces. */
  readonly words: string
}

interface Stored {
  readonly version: number
  readonly signingSeed: Uint8Array
  readonly sealingSecret: Uint8Array
  readonly salt: Uint8Array
  readonly words: string
}

const storedSchema = struct<Stored>({
  version: uint(1),
  signingSeed: bytes(32),
  sealingSecret: bytes(32),
  salt: bytes(32),
  words: text(512),
})

export const writePending = async (
  file: string,
  passphrase: string,
  { ticket, words }: PendingRecovery,
): Promise<void> => {
  const { signingSeed, sealingSecret, inception } = ticket
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  const stored = { version: 1, signingSeed, sealingSecret, salt: inception.salt, words }
  valueOrFail(await writeKeystore(file, passphrase, encode(storedSchema, stored)))
}

export const readPending = async (file: string, passphrase: string): Promise<PendingRecovery> => {
  const stored = decode(storedSchema, valueOrFail(await readKeystore(file, passphrase)))
  if (!stored.ok) return fail('keystore.damaged', `${file} opens, but holds no recovery.`)
  return { ticket: ownKeysFrom(stored.value), words: stored.value.words }
}
