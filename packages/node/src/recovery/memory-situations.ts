import type { Result, SigningMemory } from '@medchain/core'
import type { Situation } from './situation.ts'

export interface MemoryFacts {
  readonly memory: Result<SigningMemory>
  /** Height of a write-ahead log whose header can be read. */
  readonly walHeight: number | undefined
  /** Whether there is a last-signed file, and whether it can be read. */
  readonly lastSigned: 'sound' | 'damaged' | 'missing'
  readonly lastSignedHeight: number
  readonly headHeight: number
  /** Highest stored block with an own signature, 0 for none. */
  readonly ownSignedHeight: number
}

const NOTHING_TO_DO = 'Nothing has to be done: the node sees to it by itself when it starts.'
const BY_REPORTS =
  'It votes for nothing until a quorum with itself has said how far the chain is, and then not for the next two heights.'

const notAtOrBelow = (height: number): string =>
  `This validator will not vote at or below height ${height}; it cannot sign twice.`

/** Height that is unsigned after `--apply` has put an unreadable write-ahead log aside, 0 when only reports tell. */
export const floorOf = ({ walHeight, lastSignedHeight }: MemoryFacts): number =>
  Math.max(walHeight ?? 0, lastSignedHeight)

const unreadable = (facts: MemoryFacts, code: string): Situation => {
  const floor = floorOf(facts)
  const costs = floor > 0 ? notAtOrBelow(floor) : BY_REPORTS
  const aside = 'With --apply the file is put aside under another name in node/wal; nothing is deleted.'
  if (code === 'wal.damaged') {
    const means = `The write-ahead log is damaged in front of sound records, so that it is not known what this validator signed at height ${facts.walHeight}.`
    return { code: 'recovery.wal-damaged', means, does: aside, costs, remedy: 'apply' }
  }
  const means = 'The write-ahead log is of another network or another version of this program.'
  return { code: 'recovery.wal-foreign', means, does: aside, costs, remedy: 'apply' }
}

const withoutMemory = ({ headHeight }: MemoryFacts): Situation => ({
  code: 'recovery.memory-lost',
  means:
    headHeight > 0
      ? 'Write-ahead log and last-signed record are both lost, as after a lost disk or in a restored backup: what this validator signed is not known.'
      : 'This home has no blocks and no memory of votes: it is new, or its disk was lost while the keys are still valid.',
  does: `${NOTHING_TO_DO} It fetches the chain and asks the others.`,
  costs: `${BY_REPORTS} When more than a third of the validators are in this situation at once the chain stands still; only then medchain node recover --unsafe-vote-from HEIGHT, after all operators have agreed on the height.`,
  remedy: 'none',
})

const abstaining = (facts: MemoryFacts, state: string, abstainUpTo: number): Situation[] => {
  const { headHeight } = facts
  if (abstainUpTo <= headHeight) return []
  const costs = notAtOrBelow(abstainUpTo)
  if (abstainUpTo > headHeight + 1) {
    const means = `The stored blocks end at height ${headHeight}, below height ${abstainUpTo} at which this validator signed: they are an old copy, or some are lost.`
    const does = `${NOTHING_TO_DO} It fetches the missing blocks from the others.`
    return [{ code: 'recovery.blocks-behind', means, does, costs, remedy: 'none' }]
  }
  const said = `that record says that this validator signed up to height ${abstainUpTo}.`
  const rest = { does: NOTHING_TO_DO, costs, remedy: 'none' } as const
  return state === 'wal-old'
    ? [
        {
          code: 'recovery.wal-old',
          means: `The write-ahead log is older than the last-signed record; ${said}`,
          ...rest,
        },
      ]
    : [
        {
          code: 'recovery.wal-lost',
          means: `The write-ahead log is lost beside the last-signed record; ${said}`,
          ...rest,
        },
      ]
}

const oldMemory = ({ ownSignedHeight, lastSignedHeight }: MemoryFacts): Situation => ({
  code: 'recovery.memory-old',
  means: `Block ${ownSignedHeight} bears this validator’s signature, but its memory ends at height ${lastSignedHeight}: node/wal is an old copy.`,
  does: `${NOTHING_TO_DO} It goes by what the others report, as without memory.`,
  costs: BY_REPORTS,
  remedy: 'none',
})

const lostRecord = ({ lastSigned }: MemoryFacts): Situation => ({
  code: 'recovery.last-signed-lost',
  means: `The last-signed record is ${lastSigned}; the write-ahead log has everything that it said.`,
  does: 'Nothing has to be done: the node writes it again when it starts.',
  costs: 'Nothing.',
  remedy: 'none',
})

/** Whether nothing tells what this validator signed. */
export const isWithoutMemory = (facts: MemoryFacts): boolean =>
  facts.memory.ok && (facts.memory.value.state === 'none' || facts.ownSignedHeight > knownHeight(facts))

/** Whether it signs nothing at the next height, for want of memory: what an unsafe start is for. */
export const isSilenced = (facts: MemoryFacts): boolean => {
  const { memory, headHeight } = facts
  if (isWithoutMemory(facts)) return true
  return memory.ok && 'abstainUpTo' in memory.value && memory.value.abstainUpTo > headHeight
}

/** What is wrong with a validator's memory of its own signatures (consensus Q43–Q45, Q77). */
export const memorySituations = (facts: MemoryFacts): Situation[] => {
  const { memory } = facts
  if (!memory.ok) return [unreadable(facts, memory.code)]
  const { value } = memory
  if (value.state === 'none') return [withoutMemory(facts)]
  if (facts.ownSignedHeight > knownHeight(facts)) return [oldMemory(facts)]
  if (value.state !== 'whole') return abstaining(facts, value.state, value.abstainUpTo)
  return facts.lastSigned === 'sound' ? [] : [lostRecord(facts)]
}

const knownHeight = ({ memory, lastSignedHeight, walHeight }: MemoryFacts): number =>
  memory.ok && memory.value.state !== 'none' ? Math.max(lastSignedHeight, walHeight ?? 0) : lastSignedHeight
