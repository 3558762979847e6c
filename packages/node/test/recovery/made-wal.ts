import { concatBytes, encodeWalFrame, encodeWalHeader } from '@medchain/core'

/** A write-ahead log with a frame for each round in which something was signed. */
export const encodeWalAt = (networkId: Uint8Array, height: number, rounds: readonly number[]): Uint8Array => {
  const header = encodeWalHeader(networkId, height, new Uint8Array(16).fill(9))
  const frames = rounds.map((round) => {
    const vote = { height, round, sender: 0, blockHash: new Uint8Array(32), signature: new Uint8Array(64) }
    return encodeWalFrame(header, [{ type: 'sent', message: { type: 'prepare', ...vote } }])
  })
  return concatBytes(header, ...frames)
}
