import {
  type EmergencyDetails,
  emergencyDetailsDigest,
  emergencyDetailsOf,
  equalBytes,
  hexFromBytes,
} from '@medchain/core'
import type { NodeClient } from '../client/node-client.ts'
import type { Actor } from '../client/signed-request.ts'
import { CommandError } from '../command-error.ts'
import type { ChainEmergency } from './chain-emergencies.ts'

/** An emergency with what was said of it, where an institution that was told can be asked. */
export interface DescribedEmergency extends ChainEmergency {
  readonly details: EmergencyDetails | undefined
}

/** Details by emergency, from one institution; what does not fit the chain's digest is left out. */
const detailsFrom = async (
  client: NodeClient,
  node: Uint8Array,
  actor: Actor,
  listed: readonly ChainEmergency[],
): Promise<ReadonlyMap<string, EmergencyDetails>> => {
  try {
    const ids = listed.map(({ id }) => id)
    const told = await client.call(emergencyDetailsOf, { ids }, actor, { node })
    return new Map(
      told.flatMap(({ id, details }) => {
        const emergency = listed.find((each) => equalBytes(each.id, id))
        const isTrue = emergency && equalBytes(emergency.detailsDigest, emergencyDetailsDigest(details))
        return isTrue ? [[hexFromBytes(id), details]] : []
      }),
    )
  } catch (error) {
    if (error instanceof CommandError) return new Map()
    throw error
  }
}

/** Adds what the declarers' institutions, or the one given, were told to emergencies that the actor may know of. */
export const describeEmergencies = async (
  client: NodeClient,
  actor: Actor,
  listed: readonly ChainEmergency[],
  node?: Uint8Array,
): Promise<readonly DescribedEmergency[]> => {
  const byNode = new Map<string, { readonly node: Uint8Array; readonly group: ChainEmergency[] }>()
  for (const emergency of listed) {
    const asked = node ?? emergency.institution
    const known = byNode.get(hexFromBytes(asked)) ?? { node: asked, group: [] }
    known.group.push(emergency)
    byNode.set(hexFromBytes(asked), known)
  }
  const found = await Promise.all(
    [...byNode.values()].map((each) => detailsFrom(client, each.node, actor, each.group)),
  )
  const details = new Map(found.flatMap((each) => [...each]))
  return listed.map((emergency) => ({ ...emergency, details: details.get(hexFromBytes(emergency.id)) }))
}
