import { bool, bytes, struct, uint, variant } from '../../encoding/index.ts'
import {
  type GenesisMember,
  genesisMemberSchema,
  type NetworkParameters,
  parametersSchema,
} from '../../ledger/genesis.ts'

/** What the institutions vote on. */
export type GovernanceAction =
  /** A new institution, or an observer that is to vote; the latter keeps its account. */
  | { readonly type: 'add'; readonly member: GenesisMember }
  /** Out of the set; with `keepsAccount` it stays as an observer, without it its account is suspended. */
  | { readonly type: 'remove'; readonly institution: Uint8Array; readonly keepsAccount: boolean }
  | { readonly type: 'parameters'; readonly parameters: NetworkParameters }
  /** The next version of the rules, from this height or two heights after the vote, whichever is later. */
  | { readonly type: 'protocol'; readonly version: number; readonly fromHeight: number }

type Fields<T extends GovernanceAction['type']> = Omit<Extract<GovernanceAction, { type: T }>, 'type'>

export const governanceActionSchema = variant<GovernanceAction>({
  add: struct<Fields<'add'>>({ member: genesisMemberSchema }),
  remove: struct<Fields<'remove'>>({ institution: bytes(32), keepsAccount: bool }),
  parameters: struct<Fields<'parameters'>>({ parameters: parametersSchema }),
  protocol: struct<Fields<'protocol'>>({ version: uint(), fromHeight: uint() }),
})
