import {
  attestPart2,
  base32FromBytes,
  charts,
  type Part2Consent,
  part2ConsentDigest,
  part2Deliver,
  sealPart2Copy,
} from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import type { NodeClient } from '../client/node-client.ts'
import type { ProvenMember } from '../client/proven-members.ts'
import { readState } from '../client/proven-state.ts'
import type { Actor } from '../client/signed-request.ts'
import { submitAs } from '../client/submit-as.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError, valueOrFail } from '../command-error.ts'
import { shortId } from '../format/id.ts'
import { bytesOfHex, idOfDid } from '../reading/chain-facts.ts'
import type { NeededConsent } from './needed-consent.ts'

/** A grant on the chain that the consent stands behind, and who signs for it: the chart, or the guardian that gave it. */
export interface AttestedGrant {
  readonly grantId: Uint8Array
  readonly chart: Uint8Array
  readonly grantee: { readonly id: Uint8Array; readonly sealingKey: Uint8Array }
  readonly actor: Actor
}

interface Place {
  readonly client: NodeClient
  readonly networkId: Uint8Array
}

interface Party {
  readonly id: Uint8Array
  readonly sealingKey: Uint8Array
}

/** Who keeps a copy: the patient, the recipient, and each programme that discloses. */
const partiesOf = async (
  { client }: Place,
  { chart, grantee }: AttestedGrant,
  programs: readonly ProvenMember[],
): Promise<readonly Party[]> => {
  const own = await readState(client, charts.schema, charts.keyOf(chart))
  const disclosers = programs.map(({ did, sealingKey }) => ({
    id: idOfDid(did),
    sealingKey: bytesOfHex(sealingKey),
  }))
  const all = [...(own ? [{ id: chart, sealingKey: own.epochKey }] : []), grantee, ...disclosers]
  return [...new Map(all.map((party) => [party.id.join(), party])).values()]
}

const copyToParties = async (
  context: CommandContext,
  place: Place,
  grant: AttestedGrant,
  programs: readonly ProvenMember[],
  copy: { readonly consent: Part2Consent; readonly salt: Uint8Array },
): Promise<void> => {
  const { client, networkId } = place
  const { grantId, actor } = grant
  for (const { id: party, sealingKey } of await partiesOf(place, grant, programs)) {
    try {
      const sealed = valueOrFail(await sealPart2Copy(sealingKey, { networkId, grantId, party }, copy))
      await client.call(part2Deliver, { grantId, party, sealed }, actor)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      const id = shortId(base32FromBytes(grantId))
      context.warn(
        `A copy of the consent behind grant ${id} is not delivered: ${error.message} [${error.code}]`,
      )
    }
  }
}

/**
 * Says on the chain, of each grant, that the written consent stands behind it, by its salted hash; and hands a sealed
 * copy with the salt to the patient, the recipient and the programmes.
 */
export const attestConsent = async (
  context: CommandContext,
  place: Place,
  grants: readonly AttestedGrant[],
  { consent, programs }: NeededConsent,
): Promise<void> => {
  await Promise.all(
    grants.map(async (grant) => {
      const salt = nodeCiphers.randomBytes(32)
      const payload = { grantId: grant.grantId, consentDigest: part2ConsentDigest(consent, salt) }
      await submitAs(place.client, grant.actor, attestPart2, payload, { timeMs: context.host.now() })
      await copyToParties(context, place, grant, programs, { consent, salt })
    }),
  )
}
