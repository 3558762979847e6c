import {
  certificateSchema,
  decode,
  headerSchema,
  hexFromBytes,
  type Schema,
  stateProofSchema,
  validateCommittedHeader,
  verifyStateProof,
} from '@medchain/core'
import { signatureVerifier } from '@medchain/node'
import { fail, valueOrFail } from '../command-error.ts'
import type { NodeClient } from './node-client.ts'
import { validatorsFor } from './validators-of.ts'

interface ProofAnswer {
  readonly height: number
  readonly value: string | null
  readonly proof: string
  readonly header: string
  readonly certificate: string
}

const PROOF_BYTES_MAX = 4 * 1024 * 1024

const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))

const bad = (): never => fail('proof.false', 'The node’s proof of a state entry does not hold.')

const decoded = <T>(schema: Schema<T>, text: string): T => {
  const value = decode(schema, fromBase64(text), PROOF_BYTES_MAX)
  return value.ok ? value.value : bad()
}

/**
 * What the chain holds under a key of its state; undefined when nothing stands there. A quorum of the validators
 * that the genesis document leads to must have committed to the state root: `proof.false` otherwise.
 */
export const readState = async <T>(
  client: Pick<NodeClient, 'get' | 'networkId'>,
  schema: Schema<T>,
  key: Uint8Array,
): Promise<T | undefined> => {
  const answer = await client.get<ProofAnswer>('/v1/proofs', { key: hexFromBytes(key) })
  const value = answer.value === null ? undefined : fromBase64(answer.value)
  const header = decoded(headerSchema, answer.header)
  const certificate = decoded(certificateSchema, answer.certificate)
  const networkId = await client.networkId()
  const validators = await validatorsFor(client, header)
  const isCommitted = validateCommittedHeader(
    header,
    certificate,
    networkId,
    validators,
    signatureVerifier,
  ).ok
  if (
    !isCommitted ||
    !verifyStateProof(header.stateRoot, key, value, decoded(stateProofSchema, answer.proof))
  ) {
    return bad()
  }
  return value && valueOrFail(decode(schema, value))
}
