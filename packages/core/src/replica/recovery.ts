import { roundOf } from '../consensus/messages.ts'
import type { ConsensusRecord } from '../consensus/records.ts'
import type { SigningStep } from '../consensus/signing-position.ts'
import { equalBytes, hexFromBytes, ok, type Result } from '../encoding/index.ts'
import { quorumOf } from '../validators/quorum.ts'
import { beginHeight } from './begin-height.ts'
import type { PeerId } from './effects.ts'
import { decodeLastSigned, type LastSigned } from './last-signed.ts'
import { log, type ReplicaScope } from './scope.ts'
import { decodeWal, encodeWalHeader, type WalContent } from './wal.ts'
import { persistLastSigned } from './wal-writer.ts'

/** Heights above those that a quorum reported at which a validator without memory may still have signed. */
const FORGOTTEN_HEIGHTS = 2

/** Positions of the own signatures that the WAL holds. */
const resumeGuard = (scope: ReplicaScope, wal: WalContent): void => {
  for (const record of wal.records) {
    if (record.type !== 'sent') continue
    const step: SigningStep = record.message.type
    scope.guard.resumeAt({ height: wal.height, round: roundOf(record.message), step })
  }
}

const highestRound = (records: readonly ConsensusRecord[]): number =>
  Math.max(-1, ...records.flatMap((record) => (record.type === 'sent' ? [roundOf(record.message)] : [])))

/** Whether the WAL holds everything that was signed at its height. */
const isComplete = (wal: WalContent, last: LastSigned | undefined): boolean =>
  last === undefined ||
  last.height < wal.height ||
  (last.height === wal.height && last.round <= highestRound(wal.records))

/** New frames must follow the sound ones directly. */
const cutTornTail = (scope: ReplicaScope, walBytes: Uint8Array | undefined, soundBytes: number): void => {
  if (walBytes === undefined || walBytes.length === soundBytes) return
  log(scope, 'warn', 'wal.torn', { tornBytes: walBytes.length - soundBytes })
  const bytes = walBytes.slice(0, soundBytes)
  scope.out.push({ type: 'persist-wal', reset: true, bytes, keptBytes: soundBytes })
}

/**
 * What the two files mean (consensus Q43–Q45): the records to go on from, after telling the guard where this validator
 * may not sign. A WAL that is missing or old leaves the height of the last-signed record unsigned; with both lost
 * nothing is signed until the others have reported how far they are.
 */
export const recover = (
  scope: ReplicaScope,
  walBytes: Uint8Array | undefined,
  lastBytes: Uint8Array | undefined,
): Result<readonly ConsensusRecord[]> => {
  const { chain, guard, memory, self } = scope
  if (self === undefined) return ok([])
  const decoded = decodeWal(walBytes ?? new Uint8Array(0), chain.networkId)
  if (!decoded.ok) return decoded
  const wal = decoded.value
  const last = lastBytes && decodeLastSigned(lastBytes, chain.networkId)
  memory.lastSigned = last
  if (wal === undefined && last === undefined) {
    memory.reportedHeads = new Map()
    return ok([])
  }
  const height = chain.head().height + 1
  if (wal === undefined || !isComplete(wal, last)) {
    guard.abstainUpTo(last?.height ?? 0, 'The write-ahead log of that height is lost.')
    return ok([])
  }
  if (wal.height !== height) {
    if (wal.height > height) guard.abstainUpTo(wal.height, 'The stored blocks end below the write-ahead log.')
    return ok([])
  }
  resumeGuard(scope, wal)
  memory.walHeight = wal.height
  memory.walHeader = encodeWalHeader(chain.networkId, wal.height)
  cutTornTail(scope, walBytes, wal.soundBytes)
  return ok(wal.records)
}

/** Whether this validator has lost all memory of what it signed and has not yet heard from enough others. */
export const isWithoutMemory = ({ memory }: ReplicaScope): boolean => memory.reportedHeads !== undefined

/**
 * The head that a validator reports to one without memory. Once the own chain is at what a quorum with this one
 * reported, or above, this one knows where it may vote again. A report above the own chain proves nothing until the
 * blocks are here: one liar must not keep anybody from voting for ever. What is known from here on outlives a crash:
 * more than f validators that ask again and again would stop the chain.
 */
export const noteReportedHead = (scope: ReplicaScope, peer: PeerId, headHeight: number): void => {
  const { memory, chain, guard } = scope
  const institution = memory.peers.get(peer)
  if (memory.reportedHeads === undefined || institution === undefined) return
  const { height, validators } = chain.head()
  if (!validators.some((member) => equalBytes(member.institution, institution))) return
  const name = hexFromBytes(institution)
  memory.reportedHeads.set(name, Math.min(headHeight, memory.reportedHeads.get(name) ?? headHeight))
  const reached = [...memory.reportedHeads.values()].filter((reported) => reported <= height)
  if (reached.length + 1 < quorumOf(validators.length)) return
  memory.reportedHeads = undefined
  const abstainUpTo = height === 0 ? 0 : height + FORGOTTEN_HEIGHTS
  persistLastSigned(scope, { height: abstainUpTo, round: 0 })
  if (abstainUpTo > 0) {
    guard.abstainUpTo(abstainUpTo, 'What this validator signed before is lost.')
    log(scope, 'warn', 'consensus.memory-lost', { abstainUpTo })
  }
  // The rounds that it left in silence are begun again with a voice.
  beginHeight(scope, [])
}
