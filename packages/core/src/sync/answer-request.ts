import type { SyncRequest, SyncResponse } from './messages.ts'

/** The stored blocks that a request asks for, bounded by its own limits; at least one if there is one. */
export const answerRequest = (
  request: SyncRequest,
  headHeight: number,
  readBlock: (height: number) => Uint8Array | undefined,
): SyncResponse => {
  const blocks: Uint8Array[] = []
  let sizeBytes = 0
  for (let height = request.fromHeight; height <= headHeight && blocks.length < request.blocksMax; height++) {
    const bytes = height < 1 ? undefined : readBlock(height)
    if (bytes === undefined || (blocks.length > 0 && sizeBytes + bytes.length > request.sizeBytesMax)) break
    blocks.push(bytes)
    sizeBytes += bytes.length
  }
  return { headHeight, blocks }
}
