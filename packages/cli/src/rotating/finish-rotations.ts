import { equalBytes } from '@medchain/core'
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

/** Whom keys are handed to rests on a fresh head, though the command itself may read for care by an old one (D8). */
const onFreshHeads = (session: Session): Session => {
  const { client } = session
  if (client.heads === undefined) return session
  return { ...session, client: { ...client, heads: { ...client.heads, bearsOld: () => false } } }
}

/**
 * Rotates what is due. Keys that were prepared before may have begun their epoch before the latest end: where
 * something is due still, a further epoch begins.
 */
const rotateDue = async (session: Session, due: readonly Uint8Array[]): Promise<readonly ChartOutcome[]> => {
  const outcomes = await rotateCharts(session, due)
  const isDone = (id: Uint8Array) =>
    outcomes.some(({ chart, error }) => error === undefined && equalBytes(chart.chartId, id))
  const left = (await findDueCharts(session)).filter(isDone)
  if (left.length === 0) return outcomes
  const isLeft = ({ chart }: ChartOutcome) => left.some((id) => equalBytes(id, chart.chartId))
  return [...outcomes.filter((each) => !isLeft(each)), ...(await rotateCharts(session, left))]
}

/**
 * Seals what is closed only: after an end that nobody revoked, and what an earlier command left. It never fails
 * the command that it runs in; what could not be done waits for the next one. On a node's mere word (--no-verify)
 * nobody gets a key.
 */
export const finishRotations = async (
  given: Session,
  warn: (line: string) => void,
): Promise<readonly ChartOutcome[]> => {
  if (given.client.isTrusting) return []
  const session = onFreshHeads(given)
  try {
    const due = await findDueCharts(session)
    if (due.length === 0) return []
    const outcomes = await rotateDue(session, due)
    for (const { chart, error } of outcomes)
      if (error) warn(`${chart.compartment} is closed, and not sealed yet: ${error.message} [${error.code}]`)
    return outcomes
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    warn(`What has ended is closed, and not sealed yet: ${error.message} [${error.code}]`)
    return []
  }
}
