import { randomBytes } from 'node:crypto'
import {
  DEFAULT_PARAMETERS,
  type Genesis,
  institutionIdOf,
  type NetworkParameters,
  type Signer,
} from '@medchain/core'
import { type Signer as AccountSigner, freshKey, signerWith } from '../load/institution-keys.ts'

export interface MadeGenesis {
  readonly genesis: Genesis
  /** Voting keys, in the order of the members. */
  readonly voters: readonly Signer[]
  readonly institutions: readonly AccountSigner[]
}

/** A network of so many hospitals with keys made here. */
export const makeGenesis = (validators: number, parameters: Partial<NetworkParameters> = {}): MadeGenesis => {
  const random = (): Uint8Array => new Uint8Array(randomBytes(32))
  const keys = Array.from({ length: validators }, () => ({
    signing: freshKey(),
    voting: freshKey(),
    node: freshKey(),
  }))
  const members = keys.map(({ signing, voting, node }, index) => ({
    name: `hospital-${index + 1}`,
    role: 'hospital' as const,
    signingKey: signing.publicKey,
    sealingKey: random(),
    salt: random(),
    votingKey: voting.publicKey,
    nodeKey: node.publicKey,
    addresses: [],
    isValidator: true,
  }))
  const genesis: Genesis = {
    version: 1,
    name: 'virtual',
    timeMs: Date.now() - 1000,
    members,
    parameters: { ...DEFAULT_PARAMETERS, ...parameters },
  }
  return {
    genesis,
    voters: keys.map(({ voting }) => ({
      publicKey: voting.publicKey,
      sign: signerWith(voting.publicKey, voting.key).sign,
    })),
    institutions: keys.map(({ signing }, index) =>
      signerWith(institutionIdOf(members[index] as (typeof members)[number]), signing.key),
    ),
  }
}
