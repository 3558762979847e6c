import { roundOf } from '../consensus/messages.ts'
import type { ConsensusRecord } from '../consensus/records.ts'
import type { SigningStep } from '../consensus/signing-position.ts'
import { equalBytes, hexFromBytes, ok, type Result } from '../encoding/index.ts'
import type { CommittedBlock } from '../ledger/block.ts'
import { quorumOf } from '../validators/quorum.ts'
import { beginHeight } from './begin-height.ts'
import type { PeerId } from './effects.ts'
import type { LastSigned } from './last-signed.ts'
import { highestRoundIn, readSigningMemory } from './recovery-memory.ts'
import { hasSigned, ownSignatureAbove } from './recovery-old.ts'
import { log, type ReplicaMemory, type ReplicaScope } from './scope.ts'
import type { WalContent } from './wal.ts'
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

/** New frames must follow the sound ones directly. */
const cutTail = (
  scope: ReplicaScope,
  walBytes: Uint8Array | undefined,
  { soundBytes, isTorn }: WalContent,
): void => {
  if (walBytes === undefined || walBytes.length === soundBytes) return
  if (isTorn) log(scope, 'warn', 'wal.torn', { height: scope.chain.head().height + 1 })
  const bytes = walBytes.slice(0, soundBytes)
  scope.out.push({ type: 'persist-wal', reset: true, bytes, keptBytes: soundBytes })
}

/** Nothing is signed until the others have said how far they are; without memory, nothing near to that either. */
const fallSilent = ({ memory }: ReplicaScope, isForgetful: boolean): void => {
  memory.reportedHeads = new Map()
  memory.isForgetful = isForgetful
  memory.isSilenced = false
}

/** A last-signed record that was lost is written again from what the write-ahead log knows. */
const restoreLastSigned = (scope: ReplicaScope, known: LastSigned): void => {
  const { lastSigned } = scope.memory
  if (known.round >= 0 && (lastSigned === undefined || lastSigned.height < known.height)) {
    persistLastSigned(scope, known)
  }
}

const ABSTENTIONS: Readonly<Record<'wal-lost' | 'wal-old' | 'blocks-behind', string>> = {
  'wal-lost': 'The write-ahead log of that height is lost.',
  'wal-old': 'The write-ahead log is an old copy.',
  'blocks-behind': 'The stored blocks end below the write-ahead log.',
}

const KEY_IN_USE =
  'Another process signs with the key of this validator; stop one of the two, then start this node again.'

/** Whether a stored block bears a signature that the memory lacks; tells the operator. */
const isMemoryOld = (scope: ReplicaScope): boolean => {
  const { chain, memory, ports, self } = scope
  if (self === undefined) return false
  const known = memory.lastSigned?.height ?? 0
  const height = ownSignatureAbove(known, ports.blocks, chain.head().validators, self.institution)
  if (height === undefined) return false
  log(scope, 'warn', 'consensus.memory-old', { knownHeight: known, signedHeight: height })
  return true
}

/** The records to go on from, once the guard knows what they signed. */
const resume = (
  scope: ReplicaScope,
  wal: WalContent,
  walBytes: Uint8Array | undefined,
): readonly ConsensusRecord[] => {
  const { memory, chain } = scope
  if (wal.height !== chain.head().height + 1) return []
  resumeGuard(scope, wal)
  memory.walHeight = wal.height
  memory.walHeader = wal.header
  memory.walRecords = wal.records
  cutTail(scope, walBytes, wal)
  return wal.records
}

/**
 * What the two files mean (consensus Q43–Q45, Q77): the records to go on from, after telling the guard where this
 * validator may not sign. A WAL that is missing or old leaves the height of the last-signed record unsigned; with both
 * lost, or old, nothing is signed until the others have reported how far they are.
 */
export const recover = (
  scope: ReplicaScope,
  wal: Uint8Array | undefined,
  lastSigned: Uint8Array | undefined,
): Result<readonly ConsensusRecord[]> => {
  const { chain, guard, memory, self } = scope
  if (self === undefined) return ok([])
  const read = readSigningMemory({ wal, lastSigned }, chain.networkId, chain.head().height)
  if (!read.ok) return read
  const found = read.value
  fallSilent(scope, found.state === 'none')
  if (found.state === 'none') return ok([])
  memory.lastSigned = found.last
  restoreLastSigned(
    scope,
    found.state === 'whole'
      ? { height: found.wal.height, round: highestRoundIn(found.wal.records) }
      : { height: found.abstainUpTo, round: 0 },
  )
  if (isMemoryOld(scope)) {
    fallSilent(scope, true)
    return ok([])
  }
  if (found.state === 'whole') return ok(resume(scope, found.wal, wal))
  guard.abstainUpTo(found.abstainUpTo, ABSTENTIONS[found.state])
  return ok([])
}

/**
 * A block decided with a signature of this validator that it does not remember: its memory is an old copy, as of a
 * restored home. From here on it goes by what the others report, as if it had none. A second one is no matter of
 * memory: another process signs with this key, and this one signs nothing more (consensus Q77). To be called before the
 * block is applied.
 */
export const noteOwnSignature = (scope: ReplicaScope, { certificate }: CommittedBlock): void => {
  const { chain, guard, memory, self } = scope
  if (self === undefined || memory.isForgetful || memory.unknownSignatures > 1) return
  const knownHeight = memory.lastSigned?.height ?? 0
  if (certificate.height <= knownHeight) return
  if (!hasSigned(certificate, chain.head().validators, self.institution)) return
  memory.unknownSignatures += 1
  const heights = { knownHeight, signedHeight: certificate.height }
  if (memory.unknownSignatures > 1) {
    guard.abstainUpTo(Number.MAX_SAFE_INTEGER, KEY_IN_USE)
    log(scope, 'error', 'consensus.key-in-use', heights)
    return
  }
  log(scope, 'warn', 'consensus.memory-old', heights)
  fallSilent(scope, true)
}

/** Whether this validator waits for what the others report. */
export const awaitsReports = ({ memory }: ReplicaScope): boolean => memory.reportedHeads !== undefined

/** For the signer: an attempt in silence is made up for later. */
export const isSilent = (memory: ReplicaMemory): boolean => {
  memory.isSilenced ||= memory.reportedHeads !== undefined
  return memory.reportedHeads !== undefined
}

/** What a validator without memory remembers from here on: it outlives a crash, since more than f that ask again and again would stop the chain. */
const rememberFloor = (scope: ReplicaScope): void => {
  const { memory, chain, guard } = scope
  const { height } = chain.head()
  const abstainUpTo = height === 0 ? 0 : height + FORGOTTEN_HEIGHTS
  memory.isForgetful = false
  persistLastSigned(scope, { height: abstainUpTo, round: 0 })
  if (abstainUpTo === 0) return
  guard.abstainUpTo(abstainUpTo, 'What this validator signed before is lost.')
  log(scope, 'warn', 'consensus.memory-lost', { abstainUpTo })
}

/**
 * Ends the silence of a start once the own chain is at what a quorum with this one reported, or above: until then
 * blocks may come that tell of an old memory. A report above the own chain proves nothing until the blocks are here: one
 * liar must not keep anybody from voting for ever.
 */
export const considerSpeaking = (scope: ReplicaScope): boolean => {
  const { memory, chain } = scope
  if (memory.reportedHeads === undefined) return false
  const { height, validators } = chain.head()
  const reached = [...memory.reportedHeads.values()].filter((reported) => reported <= height)
  if (reached.length + 1 < quorumOf(validators.length)) return false
  memory.reportedHeads = undefined
  if (memory.isForgetful) rememberFloor(scope)
  return memory.isSilenced
}

/** The head that a validator reports to one that has just started (consensus Q45, Q77). */
export const noteReportedHead = (scope: ReplicaScope, peer: PeerId, headHeight: number): void => {
  const { memory, chain } = scope
  const institution = memory.peers.get(peer)
  if (memory.reportedHeads === undefined || institution === undefined) return
  const { height, validators } = chain.head()
  if (!validators.some((member) => equalBytes(member.institution, institution))) return
  const name = hexFromBytes(institution)
  memory.reportedHeads.set(name, Math.min(headHeight, memory.reportedHeads.get(name) ?? headHeight))
  if (!considerSpeaking(scope)) return
  // The rounds that it left in silence are begun again with a voice, from what it signed before.
  log(scope, 'info', 'consensus.begun-again', { height: height + 1 })
  beginHeight(scope, memory.walHeight === height + 1 ? memory.walRecords : [])
}
