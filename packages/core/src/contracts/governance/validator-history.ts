import { table } from '../../state/table.ts'
import type { ReadView, WriteView } from '../../state/view.ts'
import { type ValidatorSet, validatorSetHash, validatorSetSchema } from '../../validators/validator-set.ts'

/** Every validator set that followed the one of the genesis document, by its hash: what handovers are made of. */
export const validatorSets = table('governance.validator-set', validatorSetSchema)

/** Remembers a set that headers name from now on. */
export const keepValidatorSet = (view: WriteView, set: ValidatorSet): void =>
  view.put(validatorSets, set, validatorSetHash(set))

/** The set that a header names by its hash; undefined for that of the genesis document, and for none. */
export const validatorSetByHash = (view: ReadView, hash: Uint8Array): ValidatorSet | undefined =>
  view.get(validatorSets, hash)
