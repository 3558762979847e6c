import { readProven } from '../client/proven-view.ts'
import { CommandError } from '../command-error.ts'
import { preparedKeysOf } from '../wallet/prepared-keys.ts'
import type { Session } from '../wallet/session.ts'
import { type ChartOutcome, KEY_HOLDERS, rotateCharts } from './rotate-charts.ts'

/** Charts on which something ended since their present epoch began, or on which a rotation was interrupted. */
export const findDueCharts = async ({ client, keyring }: Session): Promise<readonly Uint8Array[]> => {
  const prepared = preparedKeysOf(keyring.current()).map(({ chartId }) => chartId)
  const all = keyring.current().charts.map(({ chartId }) => chartId)
  const due = await readProven(client, (view, head) =>
    all.filter((chart) => KEY_HOLDERS.map((holders) => holders.isDue(view, head, chart)).includes(true)),
  )
  return [...new Map([...prepared, ...due].map((id) => [id.join(), id])).values()]
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
