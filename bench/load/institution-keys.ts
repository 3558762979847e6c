import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { type GenesisMember, institutionIdOf, unwrap } from '@medchain/core'
import { type LocalNode, nodePaths, readNodeKeys } from '@medchain/node'
import type { BenchNetwork } from '../network/bench-network.ts'

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')

export interface Signer {
  readonly id: Uint8Array
  readonly sign: (message: Uint8Array) => Uint8Array
}

export const signerWith = (id: Uint8Array, key: KeyObject): Signer => ({
  id,
  sign: (message) => new Uint8Array(sign(null, message, key)),
})

const signerFromSeed = (id: Uint8Array, seed: Uint8Array): Signer =>
  signerWith(
    id,
    createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' }),
  )

export const freshKey = (): { readonly publicKey: Uint8Array; readonly key: KeyObject } => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const { x } = publicKey.export({ format: 'jwk' })
  return { publicKey: new Uint8Array(Buffer.from(x as string, 'base64url')), key: privateKey }
}

/** The institution of a home signs; its passphrase lies beside its keys, as `network local` leaves it. */
export const institutionSigner = async (network: BenchNetwork, node: LocalNode): Promise<Signer> => {
  const passphrase = (await readFile(path.join(node.home, 'passphrase'), 'utf8')).trimEnd()
  const keys = unwrap(await readNodeKeys(nodePaths(node.home), passphrase))
  const member = network.genesis.members.find(({ name }) => name === node.name) as GenesisMember
  return signerFromSeed(institutionIdOf(member), keys.signingSeed)
}
