import { findChart } from '../client/accounts.ts'
import { CommandError } from '../command-error.ts'
import { preparedKeysOf } from '../wallet/prepared-keys.ts'
import type { Session } from '../wallet/session.ts'
import type { ToldChart } from './key-holders.ts'
import { type ChartOutcome, KEY_HOLDERS, rotateCharts } from './rotate-charts.ts'
import { sideBySide } from './side-by-side.ts'

const tellCharts = async ({ client, keyring }: Session): Promise<readonly ToldChart[]> => {
  const told = await sideBySide(keyring.current().charts, async (chart) => {
    const facts = await findChart(client, chart.chartId)
    return facts && { chart, facts }
  })
  return told.filter((each) => each !== undefined)
}

/** Charts on which something ended since their present epoch began, or on which a rotation was interrupted. */
export const findDueCharts = async (session: Session): Promise<readonly Uint8Array[]> => {
  const prepared = preparedKeysOf(session.keyring.current()).map(({ chartId }) => chartId)
  const due = await sideBySide(await tellCharts(session), async (told) => {
    for (const holders of KEY_HOLDERS) if (await holders.isDue(session, told)) return told.chart.chartId
    return undefined
  })
  const ids = new Map([...prepared, ...due.filter((id) => id !== undefined)].map((id) => [id.join(), id]))
  return [...ids.values()]
}

/**
 * Seals what is closed only: after an end that nobody revoked, and what an earlier command left. It never fails
 * the command that it runs in; what could not be done waits for the next one.
 */
export const finishRotations = async (
  session: Session,
  warn: (line: string) => void,
): Promise<readonly ChartOutcome[]> => {
  try {
    const due = await findDueCharts(session)
    if (due.length === 0) return []
    const outcomes = await rotateCharts(session, due)
    for (const { chart, error } of outcomes)
      if (error) warn(`${chart.compartment} is closed, and not sealed yet: ${error.message} [${error.code}]`)
    return outcomes
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    warn(`What has ended is closed, and not sealed yet: ${error.message} [${error.code}]`)
    return []
  }
}
