import { randomBytes } from 'node:crypto'
import {
  anchorRecords,
  batchIdOf,
  chartIdOf,
  compareBytes,
  encode,
  encodeTransaction,
  type Genesis,
  type GrantTerms,
  giveGrant,
  grantIdOf,
  networkIdOf,
  openEpoch,
  registerChartWith,
  type Schema,
  type TransactionBody,
  transactionId,
  transactionMessage,
} from '@medchain/core'
import { freshKey, type Signer, signerWith } from './institution-keys.ts'

const EXPIRY_MS = 9 * 60_000

const random = (size: number): Uint8Array => new Uint8Array(randomBytes(size))

const signed = <T>(
  networkId: Uint8Array,
  kind: { readonly kind: string; readonly payload: Schema<T> },
  payload: T,
  signers: readonly [Signer, ...Signer[]],
): Uint8Array => {
  const body: TransactionBody = {
    version: 1,
    networkId,
    sender: signers[0].id,
    expiryMs: Date.now() + EXPIRY_MS,
    salt: random(16),
    kind: kind.kind,
    payload: encode(kind.payload, payload),
  }
  const message = transactionMessage(transactionId(body))
  const signatures = signers
    .map(({ id, sign }) => ({ signer: id, signature: sign(message) }))
    .sort((a, b) => compareBytes(a.signer, b.signer))
  return encodeTransaction({ body, signatures })
}

const registerChart = registerChartWith(giveGrant.apply)

export interface MadeChart {
  readonly signer: Signer
  readonly registration: Uint8Array
}

const YEAR_MS = 365 * 86_400_000

/** What a sponsor may write from the start, as `medchain register` grants it. */
const writeTerms = (chart: Uint8Array, sponsor: Signer): GrantTerms => {
  const termsDigest = random(32)
  return {
    grantId: grantIdOf(chart, termsDigest),
    grantee: sponsor.id,
    mode: 'write',
    purposes: ['TREAT'],
    fromMs: Date.now() - YEAR_MS,
    untilMs: Date.now() + YEAR_MS,
    scopeDigest: undefined,
    termsDigest,
    broker: undefined,
    isDeny: false,
  }
}

/** A chart that its sponsor registers and may write to; two signatures. */
export const makeChart = (genesis: Genesis, sponsor: Signer): MadeChart => {
  const { publicKey, key } = freshKey()
  const parts = { controllerKey: publicKey, epochKey: random(32), salt: random(32) }
  const signer = signerWith(chartIdOf(parts), key)
  const payload = { ...parts, firstGrant: writeTerms(signer.id, sponsor) }
  return { signer, registration: signed(networkIdOf(genesis), registerChart, payload, [sponsor, signer]) }
}

/** A chart opens an epoch: one signature, about 250 bytes, two values of the state. */
export const makeEpoch = (genesis: Genesis, chart: Signer): Uint8Array =>
  signed(networkIdOf(genesis), openEpoch, { epochKey: random(32) }, [chart])

/** A batch of so many anchors in a chart's first epoch, by the institution that may write there. */
export const makeAnchoring = (
  genesis: Genesis,
  chart: Uint8Array,
  author: Signer,
  anchorCount: number,
): Uint8Array => {
  const nonce = random(16)
  const batchId = batchIdOf(chart, author.id, nonce)
  const anchor = () => ({ commitment: random(32), ciphertextDigest: random(32), envelopeDigest: random(32) })
  const anchors = Array.from({ length: anchorCount }, anchor)
  return signed(networkIdOf(genesis), anchorRecords, { chart, batchId, nonce, epoch: 0, anchors }, [author])
}
