import {
  decodeHandover,
  type Era,
  equalBytes,
  followHandovers,
  type Handover,
  type Header,
  type ValidatorSet,
  validatorSetHash,
  validatorsAt,
  validatorsOf,
} from '@medchain/core'
import { signatureVerifier } from '@medchain/node'
import { fail } from '../command-error.ts'
import { genesisOf } from './genesis-of.ts'
import type { NodeClient } from './node-client.ts'

type Asked = Pick<NodeClient, 'get' | 'networkId'>

const followed = new WeakMap<Asked, Promise<readonly Era[]>>()

const bad = (): never =>
  fail(
    'proof.handover',
    'The node tells changes of the validators that do not follow from the genesis document.',
  )

const handoverFrom = (text: string): Handover => {
  const handover = decodeHandover(new Uint8Array(Buffer.from(text, 'base64')))
  return handover.ok ? handover.value : bad()
}

/** The validators of all heights so far; `proof.handover` when the node tells false ones. */
export const readEras = async (client: Asked): Promise<readonly Era[]> => {
  const { handovers } = await client.get<{ handovers: readonly string[] }>('/v1/handovers')
  const first = validatorsOf(await genesisOf(client))
  const eras = followHandovers(
    first,
    await client.networkId(),
    handovers.map(handoverFrom),
    signatureVerifier,
  )
  return eras.ok ? eras.value : bad()
}

const fits = (set: ValidatorSet, header: Header): boolean =>
  equalBytes(header.validatorSetHash, validatorSetHash(set))

/**
 * The validators that may have committed to a header: those of the genesis document, or whom they and their
 * successors handed over to. The node is asked for the handovers only when the set has changed; `proof.handover` when
 * they are false. With changes left out the set does not fit the header, which the caller checks.
 */
export const validatorsFor = async (client: Asked, header: Header): Promise<ValidatorSet> => {
  const first = validatorsOf(await genesisOf(client))
  if (fits(first, header)) return first
  const known = await followed.get(client)
  const set = known && validatorsAt(known, header.height)
  if (set && fits(set, header)) return set
  const reading = readEras(client)
  followed.set(client, reading)
  return validatorsAt(await reading, header.height)
}
