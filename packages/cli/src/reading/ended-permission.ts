import { didFromAccountId } from '@medchain/core'
import type { GrantInfo } from '../client/api-types.ts'
import type { ProvingMany } from '../client/proven-view.ts'
import { readGrants } from './chain-facts.ts'
import type { CandidateReading } from './read-candidates.ts'

/** When an export began. */
export interface Beginning {
  readonly height: number
  readonly timeMs: number
}

/** Whether a grant ended, or a prohibition came, after the beginning. */
const changedSince = (grant: GrantInfo, { height, timeMs }: Beginning, nowMs: number): boolean => {
  if (grant.isDeny) return grant.grantedHeight > height
  if (grant.revokedHeight !== null) return grant.revokedHeight > height
  return timeMs < grant.untilMs && grant.untilMs <= nowMs
}

/**
 * Tells a record that one lost the permission for on the way from one that one never might read: by the grants of
 * its chart to oneself or one's institution that ended since.
 */
export const createEndedPermissions = (client: ProvingMany, beginning: Beginning, now: () => number) => {
  const known = new Map<string, Promise<boolean>>()
  return ({ candidate: { chart } }: CandidateReading): Promise<boolean> => {
    const parties = [chart.actor.id, ...(chart.institution ? [chart.institution] : [])].map(didFromAccountId)
    const look = async (): Promise<boolean> =>
      (await readGrants(client, chart.chart)).some(
        (grant) => parties.includes(grant.grantee) && changedSince(grant, beginning, now()),
      )
    const looking = known.get(chart.did) ?? look()
    known.set(chart.did, looking)
    return looking
  }
}
