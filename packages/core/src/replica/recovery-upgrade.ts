import type { ProposalMessage, RoundChangeMessage } from '../consensus/messages.ts'
import { outlineOf } from '../consensus/outline.ts'
import { type ConsensusRecord, decodeRecord } from '../consensus/records.ts'
import {
  bytes,
  concatBytes,
  decode,
  equalBytes,
  list,
  ok,
  optional,
  type Result,
  type Schema,
  struct,
  uint,
  variant,
} from '../encoding/index.ts'
import { type Block, blockHash, blockSchema } from '../ledger/block.ts'
import { type Certificate, certificateSchema } from '../votes/certificate.ts'
import { decodeWalFrames, encodeWalFrame, encodeWalHeader } from './wal.ts'

/** In version 1 a proposal carried its whole block, and a round-change had room for one. */
type OldProposal = Omit<ProposalMessage, 'outline'> & { readonly block: Block }
type OldRoundChange = RoundChangeMessage & { readonly block: Block | undefined }
type OldMessage = OldProposal | OldRoundChange

type Claim = RoundChangeMessage['claim']

const claimSchema = struct<Claim>({
  sender: uint(255),
  newRound: uint(),
  preparedRound: optional(uint()),
  preparedHash: optional(bytes(32)),
  signature: bytes(64),
})

const oldMessageSchema = variant<OldMessage>({
  proposal: struct<Omit<OldProposal, 'type'>>({
    height: uint(),
    round: uint(),
    sender: uint(255),
    signature: bytes(64),
    block: blockSchema,
    roundChanges: list(claimSchema, 256),
    prepared: optional<Certificate>(certificateSchema),
  }),
  'round-change': struct<Omit<OldRoundChange, 'type'>>({
    height: uint(),
    claim: claimSchema,
    prepared: optional<Certificate>(certificateSchema),
    block: optional<Block>(blockSchema),
  }),
})

interface OldSent {
  readonly type: 'sent'
  readonly message: OldMessage
}

const oldSentSchema = variant<OldSent>({
  sent: struct<{ readonly message: OldMessage }>({ message: oldMessageSchema as Schema<OldMessage> }),
})

/** Records that stayed as they were, or the old forms of two messages. */
const decodeOld = (item: Uint8Array): Result<ConsensusRecord | OldSent> => {
  const old = decode(oldSentSchema, item)
  return old.ok ? old : decodeRecord(item)
}

const isOld = (record: ConsensusRecord | OldSent): record is OldSent =>
  record.type === 'sent' && 'block' in record.message

const renewed = ({ message }: OldSent): ConsensusRecord[] => {
  if (message.type === 'proposal') {
    const { block, ...rest } = message
    return [
      { type: 'block', round: message.round, block },
      { type: 'sent', message: { ...rest, outline: outlineOf(block) } },
    ]
  }
  const { block: _, ...rest } = message
  return [{ type: 'sent', message: rest }]
}

/** Each body once: a block that is both proposed and voted for stood in the log twice. */
const withoutRepeats = (records: readonly ConsensusRecord[], seen: Uint8Array[]): ConsensusRecord[] =>
  records.filter((record) => {
    if (record.type !== 'block') return true
    const hash = blockHash(record.block.header)
    if (seen.some((known) => equalBytes(known, hash))) return false
    seen.push(hash)
    return true
  })

/**
 * A write-ahead log of version 1 in the present form: the same votes, to be repeated and not signed again. Undefined when
 * it has no sound header; a torn tail is left out. Refuses like `decodeWal`, also for one of another version.
 */
export const upgradeWal = (data: Uint8Array, networkId: Uint8Array): Result<Uint8Array | undefined> => {
  const found = decodeWalFrames(data, networkId, 1, decodeOld)
  if (!found.ok || found.value === undefined) return found as Result<undefined>
  const header = encodeWalHeader(networkId, found.value.height)
  const seen: Uint8Array[] = []
  const frames = found.value.frames.map((records) => {
    const present = records.flatMap((record) => (isOld(record) ? renewed(record) : [record]))
    return encodeWalFrame(header, withoutRepeats(present, seen))
  })
  return ok(concatBytes(header, ...frames))
}
