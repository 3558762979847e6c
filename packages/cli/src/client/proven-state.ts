import { decode, hexFromBytes, type Schema, stateProofSchema, verifyStateProof } from '@medchain/core'
import { valueOrFail } from '../command-error.ts'
import {
  believeHead,
  decodeProof,
  disprove,
  fromBase64,
  type HeadText,
  type Proving,
  whileOld,
} from './trusted-heads.ts'

interface ProofAnswer extends HeadText {
  readonly value: string | null
  readonly proof: string
}

const ENTRY = 'a state entry'

/**
 * What the chain holds under a key of its state; undefined when nothing stands there. A quorum of the validators
 * that the genesis document leads to must have committed to the state root: `proof.false` otherwise.
 */
export const readState = async <T>(
  client: Proving,
  schema: Schema<T>,
  key: Uint8Array,
): Promise<T | undefined> =>
  whileOld(client, async () => {
    const answer = await client.get<ProofAnswer>('/v1/proofs', { key: hexFromBytes(key) })
    const value = answer.value === null ? undefined : fromBase64(answer.value)
    const { stateRoot } = await believeHead(client, ENTRY, answer)
    const proof = await decodeProof(client, ENTRY, stateProofSchema, answer.proof)
    if (!client.isTrusting && !verifyStateProof(stateRoot, key, value, proof)) return disprove(client, ENTRY)
    return value && valueOrFail(decode(schema, value))
  })
