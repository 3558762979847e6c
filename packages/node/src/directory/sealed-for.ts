import {
  equalBytes,
  grantGivers,
  grants,
  guardianInForce,
  guardianships,
  type ReadView,
} from '@medchain/core'
import type { Head } from '../requests/ports.ts'

/** What an envelope's id stands for on the chain: a grant, or a guardianship. */
export interface SealedFor {
  readonly chart: Uint8Array
  /** Grantee or guardian. */
  readonly party: Uint8Array
  /** When it was granted or appointed. */
  readonly height: number
  /** Guardian that gave the grant in the patient's place. */
  readonly giver: Uint8Array | undefined
}

export const sealedFor = (view: ReadView, id: Uint8Array): SealedFor | undefined => {
  const grant = view.get(grants, id)
  if (grant) {
    const { chart, grantee: party, grantedHeight: height } = grant
    return { chart, party, height, giver: view.get(grantGivers, id) }
  }
  const guardianship = view.get(guardianships, id)
  if (!guardianship) return undefined
  const { chart, guardian: party, appointedHeight: height } = guardianship
  return { chart, party, height, giver: undefined }
}

/** Whether the actor hands over keys under that id: the chart, or the guardian in force that gave the grant (guardians G11). */
export const mayDeliver = (
  { chart, giver }: SealedFor,
  actor: Uint8Array,
  { view, timeMs }: Pick<Head, 'view' | 'timeMs'>,
): boolean =>
  equalBytes(chart, actor) ||
  (giver !== undefined && equalBytes(giver, actor) && guardianInForce(view, chart, actor, timeMs).ok)
