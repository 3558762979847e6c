import {
  isPart2CopyOf,
  openPart2Copy,
  type Part2Consent,
  type Part2Copy,
  part2Consents,
  part2Find,
} from '@medchain/core'
import type { NodeClient } from '../client/node-client.ts'
import { readState } from '../client/proven-state.ts'
import type { Actor } from '../client/signed-request.ts'
import { CommandError } from '../command-error.ts'
import { printable } from '../format/printable.ts'
import { ELEMENT_NAMES } from './needed-consent.ts'

/** Who looks for a copy, where it is kept, and with what it opens. */
export interface CopySeeker {
  readonly actor: Actor
  /** Institution that keeps the seeker's copies. */
  readonly node: Uint8Array
  /** Sealing secrets, newest first. */
  readonly secrets: readonly Uint8Array[]
}

interface Place {
  readonly client: NodeClient
  readonly networkId: Uint8Array
}

/** What the seeker's institution keeps; a node that is away, or is no kin, keeps none for now. */
const copiesFor = async (
  { client, networkId }: Place,
  grantId: Uint8Array,
  { actor, node, secrets }: CopySeeker,
): Promise<readonly Part2Copy[]> => {
  try {
    const { sealed, opened } = await client.call(part2Find, { grantId }, actor, { node })
    const copies = opened ? [opened] : []
    for (const secret of sealed ? secrets : []) {
      const own = await openPart2Copy(secret, { networkId, grantId, party: actor.id }, sealed as Uint8Array)
      if (own.ok) return [own.value, ...copies]
    }
    return copies
  } catch (error) {
    if (error instanceof CommandError && /^(network|node|request|vault)\./.test(error.code)) return []
    throw error
  }
}

/** The copy of the written consent behind a grant, as the chain means it; undefined where the seeker has none. */
export const findPart2Copy = async (
  place: Place,
  grantId: Uint8Array,
  seeker: CopySeeker,
): Promise<Part2Copy | undefined> => {
  const digest = await readState(place.client, part2Consents.schema, part2Consents.keyOf(grantId))
  if (!digest) return undefined
  return (await copiesFor(place, grantId, seeker)).find((copy) => isPart2CopyOf(copy, digest))
}

/** A consent as lines for people, an element a line. */
export const consentLines = (
  consent: Readonly<Partial<Record<keyof Part2Consent, string | undefined>>>,
): readonly string[] =>
  (Object.keys(ELEMENT_NAMES) as (keyof Part2Consent)[]).flatMap((name) => {
    const value = consent[name]
    return value === undefined ? [] : [`  ${ELEMENT_NAMES[name]}: ${printable(value)}`]
  })

/** Its elements without those that it does not need, for scripts. */
export const consentJson = (consent: Part2Consent): { readonly [Name in keyof Part2Consent]?: string } =>
  Object.fromEntries(
    Object.entries(consent).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
