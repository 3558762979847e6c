import { grantSchema } from '../../access/grant.ts'
import { bytes, list } from '../../encoding/index.ts'
import { table } from '../../state/table.ts'

/** How many grants that have not ended may name one party in one chart. */
export const GRANTS_PER_PARTY_MAX = 128

/** Grants by their id. */
export const grants = table('consent.grant', grantSchema)

/** Grant ids of a chart, by chart and position. */
export const chartGrants = table('consent.chart-grant', bytes(32))

/** Ids of the grants that name a party, oldest first, by chart and party; ended ones give way. */
export const partyGrants = table('consent.party-grants', list(bytes(32), GRANTS_PER_PARTY_MAX))
