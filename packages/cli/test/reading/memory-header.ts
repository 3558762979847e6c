import { encode, type Header, headerSchema } from '@medchain/core'
import type { MemoryChain } from '../../../node/test/requests/memory-chain.ts'

const NO_HASH = new Uint8Array(32)
const encoded = new WeakMap<MemoryChain, { readonly height: number; readonly bytes: Uint8Array }>()

/** The head of a chain in memory as a header that nobody signed. */
export const encodedHeader = (chain: MemoryChain): Uint8Array => {
  const { height, timeMs } = chain.head()
  const known = encoded.get(chain)
  if (known?.height === height) return known.bytes
  const header: Header = {
    version: 1,
    networkId: chain.networkId,
    height,
    round: 0,
    parentHash: NO_HASH,
    timeMs,
    proposer: NO_HASH,
    transactionsRoot: NO_HASH,
    stateRoot: NO_HASH,
    logRoot: NO_HASH,
    logSize: 0,
    validatorSetHash: NO_HASH,
    nextValidatorSetHash: NO_HASH,
  }
  const bytes = encode(headerSchema, header)
  encoded.set(chain, { height, bytes })
  return bytes
}
