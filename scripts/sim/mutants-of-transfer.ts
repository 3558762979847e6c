import type { Mutant } from './mutant.ts'

type Likely = NonNullable<Mutant['likely']>

/** Three observers that come late and take their snapshots of a liar. */
const takenOfLiars: NonNullable<Mutant['scenario']> = {
  size: 4,
  conducts: ['liar', 'honest', 'honest', 'honest'],
  observers: 3,
  joiners: [],
  steps: [],
  takesSnapshots: true,
  joinsLate: true,
  latecomer: -1,
  deadMs: 0,
  leaps: false,
}
const withholds: Likely = ({ conducts }) => conducts.includes('liar')

/** Snapshots, and bodies of compact proposals. */
export const TRANSFER_MUTANTS: readonly Mutant[] = [
  {
    name: 'a piece of a snapshot is not checked',
    file: 'state/chunk.ts',
    from: '  return equalBytes(chunkHash(index, hashes), expected) ? ok(buckets) : BAD',
    to: '  return equalBytes(chunkHash(index, hashes), expected) || index >= 0 ? ok(buckets) : BAD',
    scenario: takenOfLiars,
  },
  {
    name: 'the pieces of a snapshot are not those of the header',
    file: 'sync/snapshot-manifest.ts',
    from: '  if (chunkHashes.length !== CHUNK_COUNT || !equalBytes(subtreeHash(chunkHashes), header.stateRoot))',
    to: '  if (chunkHashes.length !== CHUNK_COUNT || subtreeHash(chunkHashes).length !== header.stateRoot.length)',
    scenario: takenOfLiars,
  },
  {
    name: 'the log of a snapshot is not checked',
    file: 'sync/snapshot-manifest.ts',
    from: '  if (!isBelow || !isFrontier(log) || !equalBytes(rootFromFrontier(log), header.logRoot))',
    to: '  if (!isBelow && !isFrontier(log) && !equalBytes(rootFromFrontier(log), header.logRoot))',
    scenario: takenOfLiars,
  },
  {
    name: 'the id window is lost in a snapshot',
    file: 'sync/recent-blocks.ts',
    from: '    next > recentBlocks.fromHeight || next === 1 || timeMs + EXPIRY_AHEAD_MS_MAX <= last.timeMs',
    to: '    next > recentBlocks.fromHeight || next === 1 || timeMs + EXPIRY_AHEAD_MS_MAX > 0 || last.timeMs > 0',
    scenario: takenOfLiars,
  },
  {
    name: 'an honest snapshot lacks the id window',
    file: 'replica/snapshot.ts',
    from: '    recentBlocks: { fromHeight, toHeight: height },',
    to: '    recentBlocks: { fromHeight: Math.max(fromHeight, height), toHeight: height },',
    likely: ({ takesSnapshots, joinsLate, joiners }) => takesSnapshots && joinsLate && joiners.length > 0,
  },
  {
    name: 'bodies are asked for and never given',
    file: 'replica/answer-bodies.ts',
    from: '  const block = engine.blockOf(blockHash)\n',
    to: '  const block = height < 0 ? engine.blockOf(blockHash) : undefined\n',
    likely: withholds,
  },
]
