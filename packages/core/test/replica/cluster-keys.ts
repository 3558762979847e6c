import { createHash } from 'node:crypto'
import { pendingFromBytes } from '../../src/contracts/execute.ts'
import { enrol } from '../../src/contracts/identity/enrol.ts'
import { installSha256, type SignatureVerifier, type Signer } from '../../src/crypto/index.ts'
import {
  bytesFromText,
  bytesFromUint,
  compareBytes,
  concatBytes,
  encode,
  equalBytes,
  type Schema,
  unwrap,
} from '../../src/encoding/index.ts'
import { accountIdFromInception } from '../../src/identity/account-id.ts'
import {
  DEFAULT_PARAMETERS,
  type Genesis,
  type GenesisMember,
  institutionIdOf,
  networkIdOf,
} from '../../src/ledger/genesis.ts'
import {
  encodeTransaction,
  type TransactionBody,
  transactionId,
  transactionMessage,
} from '../../src/ledger/transaction.ts'

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest())
installSha256((bytes, target, at) => target.set(sha256(bytes), at))

const key = (name: string): Uint8Array => sha256(bytesFromText(name))

/** A keyed hash that anybody could compute: enough where nobody in a test forges signatures. */
const fakeSignature = (publicKey: Uint8Array, message: Uint8Array): Uint8Array => {
  const half = sha256(concatBytes(publicKey, message))
  return concatBytes(half, half)
}

export const fakeVerifier: SignatureVerifier = {
  verify: (publicKey, message, signature) => equalBytes(fakeSignature(publicKey, message), signature),
}

export const fakeSigner = (publicKey: Uint8Array): Signer => ({
  publicKey,
  sign: (message) => fakeSignature(publicKey, message),
})

export const START_MS = 1_700_000_000_000

export const clusterGenesis = (size: number): Genesis => ({
  version: 1,
  name: 'cluster',
  timeMs: START_MS - 60_000,
  parameters: { ...DEFAULT_PARAMETERS, heartbeatMs: 5000, blockIntervalMs: 50 },
  members: Array.from({ length: size }, (_, index) => ({
    name: `institution ${index}`,
    role: 'hospital' as const,
    signingKey: key(`signing ${index}`),
    sealingKey: key(`sealing ${index}`),
    salt: key(`salt ${index}`),
    votingKey: key(`voting ${index}`),
    nodeKey: key(`node ${index}`),
    addresses: [],
    isValidator: true,
  })),
})

/** An institution's enrolment of a practitioner: a small transaction that always succeeds once. */
export const enrolment = (genesis: Genesis, member: number, name: string, expiryMs: number): Uint8Array => {
  const institution = genesis.members[member]
  if (!institution) throw new Error('no such member')
  const person = { signingKey: key(`s ${name}`), sealingKey: key(`e ${name}`), salt: key(`t ${name}`) }
  const sender = institutionIdOf(institution)
  const body: TransactionBody = {
    version: 1,
    networkId: networkIdOf(genesis),
    sender,
    expiryMs,
    salt: key(name).subarray(0, 16),
    kind: enrol.kind,
    payload: encode(enrol.payload, { role: 'practitioner' as const, ...person }),
  }
  const message = transactionMessage(transactionId(body))
  const signatures = [
    { signer: sender, signature: fakeSignature(institution.signingKey, message) },
    { signer: accountIdFromInception(person), signature: fakeSignature(person.signingKey, message) },
  ].sort((a, b) => compareBytes(a.signer, b.signer))
  return encodeTransaction({ body, signatures })
}

/** A transaction of an institution, signed with its key. */
export const transactionOf = <T>(
  genesis: Genesis,
  institution: GenesisMember,
  { kind, payload: schema }: { readonly kind: string; readonly payload: Schema<T> },
  payload: T,
  expiryMs: number,
): Uint8Array => {
  const sender = institutionIdOf(institution)
  const encoded = encode(schema, payload)
  const body: TransactionBody = {
    version: 1,
    networkId: networkIdOf(genesis),
    sender,
    expiryMs,
    salt: sha256(concatBytes(sender, encoded, bytesFromUint(expiryMs, 6))).subarray(0, 16),
    kind,
    payload: encoded,
  }
  const signature = fakeSignature(institution.signingKey, transactionMessage(transactionId(body)))
  return encodeTransaction({ body, signatures: [{ signer: sender, signature }] })
}

export const idOf = (bytes: Uint8Array): Uint8Array => unwrap(pendingFromBytes(bytes)).txId

/** Seeded numbers in [0, 1) (mulberry32). */
export const createRandom = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
