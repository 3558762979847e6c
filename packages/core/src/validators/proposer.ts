import { assertInvariant } from '../encoding/result.ts'

/**
 * Index of the proposer of round `round`: the (round + 1)-th unskipped validator after the proposer of
 * the parent block, in the order of the set. `skipped` is fixed for the height.
 */
export const proposerIndexOf = (
  setSize: number,
  parentProposerIndex: number,
  round: number,
  skipped: ReadonlySet<number>,
): number => {
  const eligible: number[] = []
  for (let step = 1; step <= setSize; step++) {
    const index = (parentProposerIndex + step + setSize) % setSize
    if (!skipped.has(index)) eligible.push(index)
  }
  assertInvariant(eligible.length > 0, 'every validator is skipped')
  return eligible[round % eligible.length] as number
}
