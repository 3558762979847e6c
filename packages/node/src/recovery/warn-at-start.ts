import type { Clock } from '../clock.ts'
import type { Logger } from '../logger.ts'
import type { Ledger } from '../replica/index.ts'
import { clockSituations } from './clock-situations.ts'

export interface StartedNode {
  readonly ledger: Pick<Ledger, 'status'>
  readonly clock: Clock
  readonly logger: Logger
}

const COMMAND = 'medchain node recover, with the node stopped, says what that means'

/** One line of the log for each thing that keeps the validator from voting as usual. */
export const warnAtStart = ({ ledger, clock, logger }: StartedNode): void => {
  const { abstaining, headTimeMs, height } = ledger.status()
  if (abstaining !== undefined) {
    logger.warn({ code: 'recovery.abstaining', height }, `${abstaining} It votes again later; ${COMMAND}.`)
  }
  for (const { code, means } of clockSituations(headTimeMs, clock.wallMs())) {
    logger.warn(
      { code },
      `${means} Until it is set this validator refuses what the others propose; ${COMMAND}.`,
    )
  }
}
