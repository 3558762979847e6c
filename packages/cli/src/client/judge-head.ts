import { blockHash, type Era, type Header, hexFromBytes, validatorSetHash } from '@medchain/core'
import type { KnownChain } from './known-chain.ts'

/** A node's head is at most 30 s old where it serves; twice that allows for clocks that differ. */
const HEAD_AGE_MS_MAX = 60_000

export type HeadVerdict =
  | { readonly type: 'fresh' }
  /** A past that is no longer: the home has seen what came after it, or another chain. */
  | { readonly type: 'rollback'; readonly why: string }
  | { readonly type: 'old'; readonly ageMs: number }

const rollback = (why: string): HeadVerdict => ({ type: 'rollback', why })

/** Whether the sets that the header's rests on include the newest that the home knows. */
const hasKnownSet = (eras: readonly Era[], { setFromHeight, setHash }: KnownChain): boolean =>
  eras.some(
    ({ fromHeight, validators }) =>
      fromHeight === setFromHeight && hexFromBytes(validatorSetHash(validators)) === setHash,
  )

/**
 * Judges a header that a quorum committed to by what the home has seen before and by its clock. Block time rises
 * with every height, so that two heights in the wrong order of time are of two chains.
 */
export const judgeHead = (
  header: Header,
  eras: readonly Era[],
  known: KnownChain | undefined,
  nowMs: number,
): HeadVerdict => {
  if (known) {
    const { height, timeMs } = header
    if (height === known.height && hexFromBytes(blockHash(header)) !== known.blockHash)
      return rollback(`another block at height ${height} than this home has seen`)
    if (Math.sign(height - known.height) !== Math.sign(timeMs - known.timeMs))
      return rollback(
        `a history that does not fit the block of height ${known.height}, which this home has seen`,
      )
    if (height >= known.setFromHeight && !hasKnownSet(eras, known))
      return rollback(`a history without the validators that took over at height ${known.setFromHeight}`)
    if (known.timeMs - timeMs > HEAD_AGE_MS_MAX)
      return rollback(`height ${height} as its newest, and this home has seen height ${known.height}`)
  }
  const ageMs = nowMs - header.timeMs
  return ageMs > HEAD_AGE_MS_MAX ? { type: 'old', ageMs } : { type: 'fresh' }
}

/** What is to be remembered after a header that was believed; the same object when nothing is new. */
export const afterHead = (
  known: KnownChain | undefined,
  header: Header,
  eras: readonly Era[],
): KnownChain => {
  if (known && known.height >= header.height) return known
  const newest = eras.at(-1)
  return {
    height: header.height,
    timeMs: header.timeMs,
    blockHash: hexFromBytes(blockHash(header)),
    setFromHeight: newest?.fromHeight ?? 1,
    setHash: hexFromBytes(newest ? validatorSetHash(newest.validators) : header.validatorSetHash),
  }
}
