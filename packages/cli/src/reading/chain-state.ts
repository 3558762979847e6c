import {
  decode,
  headerSchema,
  hexFromBytes,
  type Schema,
  stateProofSchema,
  verifyStateProof,
} from '@medchain/core'
import type { NodeClient } from '../client/node-client.ts'
import { fail, valueOrFail } from '../command-error.ts'

interface ProofAnswer {
  readonly height: number
  readonly value: string | null
  readonly proof: string
  readonly header: string
}

const PROOF_BYTES_MAX = 4 * 1024 * 1024

const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))

const bad = (): never => fail('proof.false', 'The node’s proof of a state entry does not hold.')

const decoded = <T>(schema: Schema<T>, text: string): T => {
  const value = decode(schema, fromBase64(text), PROOF_BYTES_MAX)
  return value.ok ? value.value : bad()
}

/**
 * What the chain holds under a key of its state, checked against the state root of the block that the node
 * gives with it; undefined when nothing stands there. `proof.false` when the proof does not hold.
 */
export const readState = async <T>(
  client: Pick<NodeClient, 'get'>,
  schema: Schema<T>,
  key: Uint8Array,
): Promise<T | undefined> => {
  const answer = await client.get<ProofAnswer>('/v1/proofs', { key: hexFromBytes(key) })
  const value = answer.value === null ? undefined : fromBase64(answer.value)
  const { stateRoot } = decoded(headerSchema, answer.header)
  if (!verifyStateProof(stateRoot, key, value, decoded(stateProofSchema, answer.proof))) return bad()
  return value && valueOrFail(decode(schema, value))
}
