import { provenHead } from '../client/proven-head.ts'
import type { ProvingMany } from '../client/proven-view.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'

/** As old as a head may be that commands believe without more ado. */
const HEAD_AGE_MS_MAX = 60_000

/** The newest block that the node proves, and whether it is so old that the chain stands still. */
export const headInHalt = async (
  client: ProvingMany,
  nowMs: number,
): Promise<{ readonly height: number; readonly isHalted: boolean }> => {
  const { height, headTimeMs } = await provenHead(client)
  return { height, isHalted: nowMs - headTimeMs > HEAD_AGE_MS_MAX }
}

/**
 * Whether the chain stands still; if so the command goes on with the old head, for a day (D8). A machine that just woke
 * is given the time for a block. `proof.stale` after the day.
 */
export const standsStill = async (context: CommandContext): Promise<boolean> => {
  const client = await context.client()
  const isOld = async (): Promise<boolean> => (await headInHalt(client, context.host.now())).isHalted
  try {
    return await isOld()
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== 'proof.stale') throw error
    context.bearOldHead()
    return isOld()
  }
}
