import {
  decodeHandover,
  type Era,
  equalBytes,
  followHandovers,
  type Handover,
  type Header,
  validatorSetHash,
  validatorsAt,
  validatorsOf,
} from '@medchain/core'
import { signatureVerifier } from '@medchain/node'
import { accuse } from './accuse.ts'
import { genesisOf } from './genesis-of.ts'
import type { NodeClient } from './node-client.ts'

type Asked = Pick<NodeClient, 'get' | 'networkId'> & Partial<NodeClient>

const followed = new WeakMap<Asked, Promise<readonly Era[]>>()

const bad = (client: Asked): Promise<never> =>
  accuse(
    client,
    'proof.handover',
    'tells changes of the validators that do not follow from the genesis document.',
  )

const firstEra = async (client: Asked): Promise<Era> => ({
  fromHeight: 1,
  validators: validatorsOf(await genesisOf(client)),
})

/** The handovers as the node has them, unchecked but for their form. */
export const readHandovers = async (client: Asked): Promise<readonly Handover[]> => {
  const { handovers } = await client.get<{ handovers: readonly string[] }>('/v1/handovers')
  const decoded = handovers.map((text) => decodeHandover(new Uint8Array(Buffer.from(text, 'base64'))))
  return Promise.all(decoded.map((handover) => (handover.ok ? handover.value : bad(client))))
}

/** The validators of all heights so far; `proof.handover` when the node tells false ones. */
export const readEras = async (client: Asked): Promise<readonly Era[]> => {
  const { validators } = await firstEra(client)
  const handovers = await readHandovers(client)
  const eras = followHandovers(validators, await client.networkId(), handovers, signatureVerifier)
  return eras.ok ? eras.value : bad(client)
}

const fits = ({ validators }: Era, header: Header): boolean =>
  equalBytes(header.validatorSetHash, validatorSetHash(validators))

const fitsAt = (eras: readonly Era[], header: Header): boolean =>
  equalBytes(header.validatorSetHash, validatorSetHash(validatorsAt(eras, header.height)))

/**
 * The eras up to the validators that may have committed to a header: those of the genesis document, or whom they
 * and their successors handed over to. The node is asked for the handovers only when the set has changed, or when
 * this home has seen it change (`isChanged`); `proof.handover` when they are false. With changes left out no set
 * fits the header, which the caller checks.
 */
export const erasFor = async (client: Asked, header: Header, isChanged: boolean): Promise<readonly Era[]> => {
  const first = await firstEra(client)
  if (!isChanged && fits(first, header)) return [first]
  const known = await followed.get(client)
  if (known && fitsAt(known, header)) return known
  const reading = readEras(client)
  followed.set(client, reading)
  return reading
}
