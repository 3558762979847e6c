import { equalBytes, type Grant, grantsNaming, ok, openGrant, type Result } from '@medchain/core'
import { isStaffOf } from '../custody/anchoring.ts'
import type { GrantEnvelopes } from '../directory/grant-envelopes.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { refuseDisclosure } from './codes.ts'

/** The records that one grant lists: whoever reads under it proves that a record is among them. */
export interface GrantedScope {
  readonly grantId: Uint8Array
  readonly recordIds: readonly Uint8Array[]
}

/** What grants to this institution list in a chart, from their envelopes; revoked ones are left out. */
export const createGrantedScopes =
  ({ chain, self }: Pick<PrivacyPorts, 'chain' | 'self'>, envelopes: GrantEnvelopes) =>
  async (chart: Uint8Array): Promise<readonly GrantedScope[]> => {
    const isListed = (grant: Grant): boolean =>
      grant.revokedHeight === undefined &&
      grant.scopeDigest !== undefined &&
      equalBytes(grant.grantee, self.id)
    const scopes: GrantedScope[] = []
    for (const { grantId } of grantsNaming(chain.head().view, chart, [self.id]).filter(isListed)) {
      const sealed = await envelopes.find(grantId)
      if (!sealed.ok || sealed.value === undefined) continue
      const context = { networkId: chain.networkId, grantee: self.id }
      const grant = await openGrant(self.sealingSecret, context, sealed.value)
      if (!grant.ok || !equalBytes(grant.value.chart, chart) || grant.value.keys.type !== 'records') continue
      scopes.push({ grantId, recordIds: grant.value.keys.keys.map(({ recordId }) => recordId) })
    }
    return scopes
  }

export type GrantedScopes = ReturnType<typeof createGrantedScopes>

/** Tells the institution's staff what its grants list, so that they can bring the proofs. */
export const serveScopesWith =
  ({ chain, self }: Pick<PrivacyPorts, 'chain' | 'self'>, scopesOf: GrantedScopes) =>
  async (
    { chart }: { readonly chart: Uint8Array },
    actor: Uint8Array,
  ): Promise<Result<readonly GrantedScope[]>> =>
    isStaffOf(chain.head().view, actor, self.id)
      ? ok(await scopesOf(chart))
      : refuseDisclosure('consent.none')
