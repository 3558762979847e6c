import { randomBytes } from 'node:crypto'
import {
  accountIdFromInception,
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
import { readPassphraseFile } from '../../src/config/index.ts'
import { readNodeKeys } from '../../src/config/read-node-keys.ts'
import { type LocalNode, nodePaths } from '../../src/index.ts'
import { createSigner } from '../../src/replica/signer.ts'

/** Makes `identity.enrol` transactions in the name of one local institution. */
export const createEnroller = async (node: LocalNode, genesis: Genesis) => {
  const passphrase = unwrap(await readPassphraseFile(`${node.home}/passphrase`))
  const keys = unwrap(await readNodeKeys(nodePaths(node.home), passphrase))
  const sponsor = createSigner(keys.signingSeed)
  const member = genesis.members.find(({ name }) => name === node.name)
  if (!member) throw new Error(`${node.name} is no member`)
  const sender = institutionIdOf(member)
  return (): { readonly bytes: Uint8Array; readonly account: Uint8Array } => {
    const person = createSigner(randomBytes(32))
    const inception = {
      signingKey: person.publicKey,
      sealingKey: new Uint8Array(randomBytes(32)),
      salt: new Uint8Array(randomBytes(32)),
    }
    const account = accountIdFromInception(inception)
    const body: TransactionBody = {
      version: 1,
      networkId: networkIdOf(genesis),
      sender,
      expiryMs: Date.now() + 5 * 60_000,
      salt: new Uint8Array(randomBytes(16)),
      kind: enrol.kind,
      payload: encode(enrol.payload, { ...inception, role: 'practitioner' }),
    }
    const message = transactionMessage(transactionId(body))
    const signatures = [
      { signer: sender, signature: sponsor.sign(message) },
      { signer: account, signature: person.sign(message) },
    ].sort((a, b) => compareBytes(a.signer, b.signer))
    return { bytes: encodeTransaction({ body, signatures }), account }
  }
}
