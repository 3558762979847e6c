import { type GrantTerms, grantIdOf, grantTermsSchema } from '../../access/grant.ts'
import { equalBytes, ok, refuse } from '../../encoding/index.ts'
import type { TransactionKind } from '../contract.ts'
import { activeInstitution } from '../identity/enrol.ts'
import { accounts, charts, positionKey } from '../identity/tables.ts'
import { indexGrant } from './party-index.ts'
import { chartGrants, grants } from './tables.ts'

const GRANTS_PER_CHART_MAX = 10_000

/** A chart lets an account act under the terms it signs, or forbids it. */
export const giveGrant: TransactionKind<GrantTerms> = {
  kind: 'consent.grant',
  payload: grantTermsSchema,
  apply: (view, terms, context) => {
    const chart = view.get(charts, context.sender)
    if (!chart) return refuse('consent.not-chart', 'Only a chart gives grants.')
    if (!equalBytes(terms.grantId, grantIdOf(context.sender, terms.termsDigest))) {
      return refuse('consent.grant-id', 'The grant id is not that of its chart and terms.')
    }
    const grantee = view.get(accounts, terms.grantee)
    if (!grantee || (grantee.status !== 'active' && !terms.isDeny)) {
      return refuse('consent.unknown-grantee', 'The grantee has no active account.')
    }
    if (terms.untilMs <= terms.fromMs || terms.untilMs <= context.timeMs) {
      return refuse('consent.period', 'The grant would end before it begins, or has ended already.')
    }
    if (terms.purposes.length === 0 || new Set(terms.purposes).size !== terms.purposes.length) {
      return refuse('consent.purposes', 'At least one purpose is needed, each once.')
    }
    const isResearch = terms.purposes.includes('HRESCH')
    const hasBroker = terms.broker !== undefined && activeInstitution(view, terms.broker) !== undefined
    if (isResearch !== (terms.broker !== undefined) || (isResearch && !hasBroker)) {
      return refuse('consent.broker', 'HRESCH needs a broker institution, and no other purpose has one.')
    }
    if (isResearch && (terms.purposes.length > 1 || terms.mode !== 'read')) {
      return refuse('consent.purposes', 'HRESCH stands in a grant of its own, to read.')
    }
    if (terms.isDeny && terms.scopeDigest) {
      return refuse(
        'consent.scope',
        'A prohibition covers the whole chart; move the records to forbid a part.',
      )
    }
    if (equalBytes(terms.grantee, context.sender)) {
      return refuse('consent.unknown-grantee', 'A chart needs no grant to itself.')
    }
    if (view.get(grants, terms.grantId)) return refuse('consent.exists', 'A grant of that id exists already.')
    if (chart.grantCount >= GRANTS_PER_CHART_MAX)
      return refuse('consent.too-many', 'The chart has too many grants.')
    const grant = { ...terms, chart: context.sender, grantedHeight: context.height, revokedHeight: undefined }
    if (!indexGrant(view, grant, context.timeMs))
      return refuse('consent.too-many', 'The chart has too many grants.')
    view.put(grants, grant, terms.grantId)
    view.put(chartGrants, terms.grantId, context.sender, positionKey(chart.grantCount))
    view.put(charts, { ...chart, grantCount: chart.grantCount + 1 }, context.sender)
    return ok([{ kind: 'consent.granted', subjects: [context.sender, terms.grantId, terms.grantee] }])
  },
}
