import { encode, equalBytes, ok, type Result, refuse } from '../../encoding/index.ts'
import { type GenesisMember, institutionIdOf, parametersSchema } from '../../ledger/genesis.ts'
import type { ReadView } from '../../state/view.ts'
import { validatorIndexOf } from '../../validators/validator-set.ts'
import { accounts, charts } from '../identity/tables.ts'
import type { GovernanceAction } from './action.ts'
import { institutionsIn, parametersIn, VALIDATORS_MIN, validatorSetIn } from './genesis.ts'
import { validateParameters } from './parameters.ts'
import { protocolIn } from './read.ts'
import { MEMBERS_MAX, members } from './tables.ts'

type ActionOf<T extends GovernanceAction['type']> = Extract<GovernanceAction, { type: T }>

const sharesKey = (a: GenesisMember, b: GenesisMember): boolean =>
  [a.signingKey, a.sealingKey, a.votingKey, a.nodeKey].some((key) =>
    [b.signingKey, b.sealingKey, b.votingKey, b.nodeKey].some((other) => equalBytes(key, other)),
  )

const validateAddition = (view: ReadView, { member }: ActionOf<'add'>): Result<void> => {
  const id = institutionIdOf(member)
  const present = institutionsIn(view)
  const isPresent = present.some((institution) => equalBytes(institution, id))
  const isValidator = validatorIndexOf(validatorSetIn(view), id) >= 0
  const isStranger = view.get(members, id) === undefined
  const isTaken = isStranger && (view.get(accounts, id) !== undefined || view.get(charts, id) !== undefined)
  if (isTaken || isValidator || (isPresent && !member.isValidator)) {
    return refuse('governance.member-exists', 'The institution is in the network already, with that part.')
  }
  if (!isPresent && present.length >= MEMBERS_MAX) {
    return refuse('governance.too-many-members', 'The network holds no more than 256 institutions.')
  }
  const isShared = present.some((institution) => {
    const other = view.get(members, institution)
    return other !== undefined && !equalBytes(institution, id) && sharesKey(member, other)
  })
  return isShared
    ? refuse('governance.shared-key', 'Another institution has one of these keys.')
    : ok(undefined)
}

const validateRemoval = (view: ReadView, { institution, keepsAccount }: ActionOf<'remove'>): Result<void> => {
  if (!institutionsIn(view).some((id) => equalBytes(id, institution))) {
    return refuse('governance.unknown-member', 'No such institution is in the network.')
  }
  const set = validatorSetIn(view)
  const isValidator = validatorIndexOf(set, institution) >= 0
  if (!isValidator && keepsAccount) {
    return refuse('governance.no-effect', 'The institution has no vote that could be taken from it.')
  }
  return isValidator && set.length <= VALIDATORS_MIN
    ? refuse('governance.too-few-validators', 'At least four validators are needed to bear one fault.')
    : ok(undefined)
}

/** Whether an action makes sense on this state; refuses with `governance.*`. */
export const validateAction = (view: ReadView, action: GovernanceAction): Result<void> => {
  if (action.type === 'add') return validateAddition(view, action)
  if (action.type === 'remove') return validateRemoval(view, action)
  if (action.type === 'protocol') {
    return action.version === protocolIn(view).version + 1
      ? ok(undefined)
      : refuse('governance.wrong-version', 'Only the next protocol version can be voted for.')
  }
  const encoded = encode(parametersSchema, action.parameters)
  return equalBytes(encoded, encode(parametersSchema, parametersIn(view)))
    ? refuse('governance.no-effect', 'These parameters are in force already.')
    : validateParameters(action.parameters)
}
