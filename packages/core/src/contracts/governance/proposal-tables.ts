import { bool, bytes, list, struct, uint, variant, word } from '../../encoding/index.ts'
import { type NetworkParameters, parametersSchema } from '../../ledger/genesis.ts'
import { table } from '../../state/table.ts'
import { type GovernanceAction, governanceActionSchema } from './action.ts'
import { MEMBERS_MAX } from './tables.ts'

/** Known by the id of the transaction that opened it. */
export interface Proposal {
  readonly proposer: Uint8Array
  readonly action: GovernanceAction
  /** Institutions in the order of their votes; the proposer is the first. */
  readonly approvals: readonly Uint8Array[]
  readonly rejections: readonly Uint8Array[]
  readonly openedHeight: number
  /** Block time from which no vote counts any more. */
  readonly expiresMs: number
  readonly status: 'open' | 'passed' | 'failed'
}

export const proposals = table(
  'governance.proposal',
  struct<Proposal>({
    proposer: bytes(32),
    action: governanceActionSchema,
    approvals: list(bytes(32), MEMBERS_MAX),
    rejections: list(bytes(32), MEMBERS_MAX),
    openedHeight: uint(),
    expiresMs: uint(),
    status: word(['open', 'passed', 'failed']),
  }),
)

export const PROPOSALS_KEPT = 64

/** Ids of the proposals that the state still holds, oldest first. */
export const proposalOrder = table('governance.proposal-order', list(bytes(32), PROPOSALS_KEPT))

/**
 * The one change that is under way. What has an `effectiveHeight` is in the tables from the block below that height
 * on; a candidate waits for the word of its own validator.
 */
export type PendingChange = { readonly proposal: Uint8Array } & (
  | { readonly type: 'candidate'; readonly institution: Uint8Array; readonly lapsesHeight: number }
  | { readonly type: 'join'; readonly institution: Uint8Array; readonly effectiveHeight: number }
  | {
      readonly type: 'leave'
      readonly institution: Uint8Array
      readonly keepsAccount: boolean
      readonly effectiveHeight: number
    }
  | { readonly type: 'parameters'; readonly parameters: NetworkParameters; readonly effectiveHeight: number }
)

type Fields<T extends PendingChange['type']> = Omit<Extract<PendingChange, { type: T }>, 'type'>

export const pendingChange = table(
  'governance.pending-change',
  variant<PendingChange>({
    candidate: struct<Fields<'candidate'>>({
      proposal: bytes(32),
      institution: bytes(32),
      lapsesHeight: uint(),
    }),
    join: struct<Fields<'join'>>({ proposal: bytes(32), institution: bytes(32), effectiveHeight: uint() }),
    leave: struct<Fields<'leave'>>({
      proposal: bytes(32),
      institution: bytes(32),
      keepsAccount: bool,
      effectiveHeight: uint(),
    }),
    parameters: struct<Fields<'parameters'>>({
      proposal: bytes(32),
      parameters: parametersSchema,
      effectiveHeight: uint(),
    }),
  }),
)
