import { equalBytes, hexFromBytes } from '../../../src/encoding/index.ts'
import type { Block, Genesis } from '../../../src/ledger/index.ts'
import { institutionIdOf, validatorsOf } from '../../../src/ledger/index.ts'
import { type ValidatorSet, validatorSetHash } from '../../../src/validators/index.ts'
import { Violation } from './check.ts'

/**
 * Who the validators are at each height, worked out from what stands in the decided blocks and from nothing that a
 * replica says. Institutions are numbered as the world numbers its members.
 */
export interface Membership {
  /** The set that decides this height, or the last one that is known. */
  readonly at: (height: number) => ValidatorSet
  /** Index of the member in the set of this height, -1 outside. */
  readonly indexOf: (member: number, height: number) => number
  /** The member at this index of the set, -1 for nobody. */
  readonly memberAt: (height: number, index: number) => number
  /** The next decided block, in order. */
  readonly decided: (block: Block) => void
}

export const createMembership = (genesis: Genesis): Membership => {
  const members = genesis.members.map((member) => hexFromBytes(institutionIdOf(member)))
  const sets: ValidatorSet[] = [validatorsOf(genesis)]
  const at = (height: number): ValidatorSet =>
    sets[Math.min(Math.max(height, 1), sets.length) - 1] as ValidatorSet

  return {
    at,
    indexOf: (member, height) =>
      at(height).findIndex(({ institution }) => hexFromBytes(institution) === members[member]),
    memberAt: (height, index) => {
      const validator = at(height)[index]
      return validator === undefined ? -1 : members.indexOf(hexFromBytes(validator.institution))
    },
    decided: ({ header }) => {
      const own = at(header.height)
      sets.push(own)
      for (const [set, named, what] of [
        [own, header.validatorSetHash, 'own'],
        [at(header.height + 1), header.nextValidatorSetHash, 'next'],
      ] as const)
        if (!equalBytes(validatorSetHash(set), named))
          throw new Violation('S4', `header ${header.height} names another ${what} validator set`)
    },
  }
}
