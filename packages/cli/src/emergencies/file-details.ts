import { type EmergencyDetails, emergencyDescribe, type FiledNote } from '@medchain/core'
import { findChart } from '../client/accounts.ts'
import { CommandError } from '../command-error.ts'
import type { Acting } from '../reading/acting.ts'
import { idOfDid } from '../reading/chain-facts.ts'

interface Described {
  readonly id: Uint8Array
  readonly chart: Uint8Array
  readonly institution: Uint8Array
  readonly details: EmergencyDetails
}

export interface Filed {
  /** The word of one that keeps them; undefined where none does. */
  readonly note: FiledNote | undefined
  /** Why the first that does not keep them does not. */
  readonly error: CommandError | undefined
}

/** Text and site to the declarer's institution and to the one that registered the chart; one of them is enough. */
export const fileDetails = async (
  { client, identity }: Pick<Acting, 'client' | 'identity'>,
  { id, chart, institution, details }: Described,
): Promise<Filed> => {
  const sponsor = (await findChart(client, chart))?.sponsor
  const nodes = [institution, ...(sponsor ? [idOfDid(sponsor)] : [])]
  const filed = await Promise.allSettled(
    nodes.map((node) => client.call(emergencyDescribe, { id, details }, identity.actor, { node })),
  )
  const errors = filed.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []))
  for (const error of errors) if (!(error instanceof CommandError)) throw error
  return {
    note: filed.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))[0],
    error: errors[0] as CommandError | undefined,
  }
}
