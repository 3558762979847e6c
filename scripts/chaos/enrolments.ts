import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import {
  accountIdFromInception,
  base32FromBytes,
  compareBytes,
  encode,
  encodeTransaction,
  enrol,
  type Genesis,
  institutionIdOf,
  networkIdOf,
  type TransactionBody,
  transactionId,
  transactionMessage,
  unwrap,
} from '@medchain/core'
import { nodePaths, readNodeKeys } from '@medchain/node'

export interface MadeTransaction {
  readonly txId: string
  readonly bytes: Uint8Array
}

const EXPIRY_MS = 5 * 60_000
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')

const keyFromSeed = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' })

/** Makes enrolments of unheard-of practitioners in the name of the institution of this home. */
export const createEnroller = async (home: string, genesis: Genesis): Promise<() => MadeTransaction> => {
  const passphrase = (await readFile(path.join(home, 'passphrase'), 'utf8')).trimEnd()
  const keys = unwrap(await readNodeKeys(nodePaths(home), passphrase))
  const member = genesis.members.find(({ name }) => name === path.basename(home))
  if (member === undefined) throw new Error(`${home} is the home of no member`)
  const sender = institutionIdOf(member)
  const sponsorKey = keyFromSeed(keys.signingSeed)
  const networkId = networkIdOf(genesis)
  return () => {
    const person = generateKeyPairSync('ed25519')
    const signingKey = new Uint8Array(
      Buffer.from(person.publicKey.export({ format: 'jwk' }).x as string, 'base64url'),
    )
    const inception = {
      signingKey,
      sealingKey: new Uint8Array(randomBytes(32)),
      salt: new Uint8Array(randomBytes(32)),
    }
    const account = accountIdFromInception(inception)
    const body: TransactionBody = {
      version: 1,
      networkId,
      sender,
      expiryMs: Date.now() + EXPIRY_MS,
      salt: new Uint8Array(randomBytes(16)),
      kind: enrol.kind,
      payload: encode(enrol.payload, { ...inception, role: 'practitioner' }),
    }
    const id = transactionId(body)
    const message = transactionMessage(id)
    const signatures = [
      { signer: sender, signature: new Uint8Array(sign(null, message, sponsorKey)) },
      { signer: account, signature: new Uint8Array(sign(null, message, person.privateKey)) },
    ].sort((a, b) => compareBytes(a.signer, b.signer))
    return { txId: base32FromBytes(id), bytes: encodeTransaction({ body, signatures }) }
  }
}
