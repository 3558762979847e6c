import { type ConsensusFrame, decodeFrame } from '../../../src/consensus/index.ts'
import { type Result, unwrap } from '../../../src/encoding/index.ts'
import { type CommittedBlock, decodeCommittedBlock } from '../../../src/ledger/index.ts'

// Byte arrays are replaced here, never changed, so that one decoding serves everybody who looks at the same one.
const frames = new WeakMap<Uint8Array, Result<ConsensusFrame>>()
const blocks = new WeakMap<Uint8Array, CommittedBlock>()

export const frameFrom = (bytes: Uint8Array): Result<ConsensusFrame> => {
  const known = frames.get(bytes)
  if (known) return known
  const decoded = decodeFrame(bytes)
  frames.set(bytes, decoded)
  return decoded
}

/** A block that a replica stored, so that it can be read. */
export const committedFrom = (bytes: Uint8Array): CommittedBlock => {
  const known = blocks.get(bytes)
  if (known) return known
  const decoded = unwrap(decodeCommittedBlock(bytes))
  blocks.set(bytes, decoded)
  return decoded
}
