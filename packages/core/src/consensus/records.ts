import { bytes, decode, encode, type Result, type Schema, struct, uint, variant } from '../encoding/index.ts'
import { type Block, blockSchema } from '../ledger/block.ts'
import { type Certificate, certificateSchema } from '../votes/certificate.ts'
import { type ConsensusFrame, type ConsensusMessage, consensusFrameSchema } from './messages.ts'

/** What must outlive a crash within a height. */
export type ConsensusRecord =
  /** A block that is voted for: its body is durable before the prepare. */
  | { readonly type: 'block'; readonly round: number; readonly block: Block }
  /** The quorum of prepares that locked this validator. */
  | {
      readonly type: 'prepared'
      readonly round: number
      readonly hash: Uint8Array
      readonly certificate: Certificate
    }
  /** An own signed message: durable before it is sent. */
  | { readonly type: 'sent'; readonly message: ConsensusMessage }

const recordSchema = variant<ConsensusRecord>({
  block: struct<{ readonly round: number; readonly block: Block }>({ round: uint(), block: blockSchema }),
  prepared: struct<{ readonly round: number; readonly hash: Uint8Array; readonly certificate: Certificate }>({
    round: uint(),
    hash: bytes(32),
    certificate: certificateSchema,
  }),
  sent: struct<{ readonly message: ConsensusMessage }>({
    message: consensusFrameSchema as Schema<ConsensusFrame> as unknown as Schema<ConsensusMessage>,
  }),
})

export const encodeRecord = (record: ConsensusRecord): Uint8Array => encode(recordSchema, record)
export const decodeRecord = (data: Uint8Array): Result<ConsensusRecord> => decode(recordSchema, data)
