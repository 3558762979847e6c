import { grantSchema } from '../../access/grant.ts'
import { bytes } from '../../encoding/index.ts'
import { table } from '../../state/table.ts'

/** Grants by their id. */
export const grants = table('consent.grant', grantSchema)

/** Grant ids of a chart, by chart and position. */
export const chartGrants = table('consent.chart-grant', bytes(32))
