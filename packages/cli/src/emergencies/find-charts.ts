import { type Compartment, emergencyCharts } from '@medchain/core'
import { provenMembers } from '../client/proven-members.ts'
import { CommandError, fail } from '../command-error.ts'
import type { Acting } from '../reading/acting.ts'
import { idOfDid } from '../reading/chain-facts.ts'

export interface OpenChart {
  readonly compartment: Compartment
  readonly chart: Uint8Array
}

/** Whether an institution merely does not know the person, or is away. */
const knowsNothing = (code: string): boolean =>
  /^(directory\.unknown$|audit\.not-ready$|network\.|node\.)/.test(code)

/**
 * Charts of a person that are open to emergencies: the directory of the person in use's institution is asked first, and
 * where it does not know the person those of all others. `emergency.no-charts` when nobody knows any.
 */
export const findOpenCharts = async (
  { client, identity }: Pick<Acting, 'client' | 'identity'>,
  person: Uint8Array,
): Promise<readonly OpenChart[]> => {
  const ask = async (node?: Uint8Array): Promise<readonly OpenChart[]> => {
    try {
      return await client.call(emergencyCharts, { person }, identity.actor, node ? { node } : {})
    } catch (error) {
      if (error instanceof CommandError && knowsNothing(error.code)) return []
      throw error
    }
  }
  const own = await ask()
  if (own.length > 0) return own
  const members = await provenMembers(client)
  const others = await Promise.all(members.map(({ did }) => ask(idOfDid(did))))
  return (
    others.find((charts) => charts.length > 0) ??
    fail(
      'emergency.no-charts',
      'No institution knows a chart of that person that is open to emergencies.',
      'Check the DID; the patient may have opted out, or the institution that registered them is away.',
    )
  )
}
