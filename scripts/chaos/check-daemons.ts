import type { Consortium } from './consortium.ts'
import type { Daemon } from './daemon.ts'
import { Violation } from './violation.ts'

const RECOVERY_TIMEOUT_MS = 90_000
const FOUL = /"code":"replica\.invariant"|unhandled|uncaught|^\s+at .+[:(]\d+/im

/** No daemon ended that nobody ended. */
export const checkAlive = async ({ daemons }: Consortium): Promise<void> => {
  for (const daemon of daemons) {
    if (daemon.isRunning()) continue
    const log = await daemon.log()
    throw new Violation('daemon ended', `${daemon.name}: exit code ${daemon.exitCode()}\n${log.slice(-2000)}`)
  }
}

/** No stack trace and no broken invariant in any log. */
export const checkLogs = async (daemons: readonly Daemon[]): Promise<void> => {
  for (const daemon of daemons) {
    const lines = (await daemon.log()).split('\n')
    // LMDB itself prints where it was when a disk is full.
    const line = lines.find((text) => FOUL.test(text) && !text.includes('/lmdb/'))
    if (line !== undefined) throw new Violation('foul log', `${daemon.name}: ${line}`)
  }
}

/** No honest validator is accused of anything. */
export const checkNoEvidence = async ({ daemons }: Consortium): Promise<void> => {
  for (const daemon of daemons) {
    const status = await daemon.status()
    if ((status?.evidence ?? 0) > 0) {
      throw new Violation('evidence against an honest validator', `${daemon.name} has ${status?.evidence}`)
    }
  }
}

/**
 * After everything is healed each node commits a block that nobody had before, within a bound; the
 * milliseconds until the first and until the last of them does.
 */
export const recovery = async (
  consortium: Consortium,
): Promise<{ readonly firstMs: number; readonly allMs: number }> => {
  const startedAtMs = performance.now()
  const before = await Promise.all(consortium.daemons.map((daemon) => daemon.status()))
  const height = Math.max(...before.map((status) => status?.height ?? 0))
  let firstMs = 0
  const waitFor = async (daemon: Daemon): Promise<void> => {
    for (;;) {
      const status = await daemon.status()
      const tookMs = performance.now() - startedAtMs
      if ((status?.height ?? 0) > height) {
        firstMs ||= tookMs
        return
      }
      await checkAlive(consortium)
      if (tookMs > RECOVERY_TIMEOUT_MS) {
        const now = status ? JSON.stringify(status) : 'silent'
        throw new Violation(
          'no recovery',
          `${daemon.name} not above ${height} after ${RECOVERY_TIMEOUT_MS} ms: ${now}`,
        )
      }
    }
  }
  await Promise.all(consortium.daemons.map(waitFor))
  return { firstMs, allMs: performance.now() - startedAtMs }
}
