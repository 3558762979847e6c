import { ok, type Result, refuse } from '../../encoding/index.ts'
import { assertInvariant } from '../../encoding/result.ts'
import type { NetworkParameters } from '../../ledger/genesis.ts'
import { type Genesis, institutionIdOf, validatorsOf } from '../../ledger/genesis.ts'
import { type ChangeSet, createOverlay, type ReadView } from '../../state/view.ts'
import type { ValidatorSet } from '../../validators/validator-set.ts'
import { accounts } from '../identity/tables.ts'
import { memberOrder, members, parameters, validators } from './tables.ts'

export const VALIDATORS_MIN = 4

/** Whether a genesis document can start a network; refuses with `genesis.*`. */
export const validateGenesis = (genesis: Genesis): Result<Genesis> => {
  const ids = new Set(genesis.members.map((member) => institutionIdOf(member).join()))
  if (ids.size !== genesis.members.length)
    return refuse('genesis.duplicate', 'A member stands twice in the document.')
  const keys = genesis.members.flatMap(({ nodeKey, votingKey }) => [nodeKey.join(), votingKey.join()])
  const areShared = (all: readonly string[]): boolean => new Set(all).size !== all.length
  const signing = genesis.members.map(({ signingKey }) => signingKey.join())
  const sealing = genesis.members.map(({ sealingKey }) => sealingKey.join())
  if ([keys, signing, sealing].some(areShared))
    return refuse('genesis.shared-key', 'Two members share a key.')
  if (validatorsOf(genesis).length < VALIDATORS_MIN) {
    return refuse('genesis.too-few', 'At least four validators are needed to bear one fault.')
  }
  return ok(genesis)
}

/** The state at height 0: institutions, validators, parameters. */
export const genesisChanges = (genesis: Genesis): ChangeSet => {
  const { view, changes } = createOverlay({ read: () => undefined })
  for (const member of genesis.members) {
    const id = institutionIdOf(member)
    const { role, signingKey, sealingKey, name } = member
    view.put(members, member, id)
    view.put(
      accounts,
      { role, status: 'active', sponsor: undefined, signingKey, sealingKey, institutionName: name },
      id,
    )
  }
  view.put(memberOrder, genesis.members.map(institutionIdOf))
  view.put(validators, validatorsOf(genesis))
  view.put(parameters, genesis.parameters)
  return changes
}

/** The set that decides the block after the state read here. */
export const validatorSetIn = (view: ReadView): ValidatorSet => {
  const set = view.get(validators)
  assertInvariant(set, 'state holds no validator set')
  return set
}

export const parametersIn = (view: ReadView): NetworkParameters => {
  const found = view.get(parameters)
  assertInvariant(found, 'state holds no parameters')
  return found
}

/** Account ids of all institutions, in the order of admission. */
export const institutionsIn = (view: ReadView): readonly Uint8Array[] => view.get(memberOrder) ?? []
