import type { PrivacyPorts } from './ports.ts'

const WAIT_MS_MAX = 2000

/**
 * Resolves once the condition holds on committed state, looked at after every block, or after 2 s: another
 * node may speak of what it has committed and this one has not yet.
 */
export const awaitState = (
  { chain, clock }: Pick<PrivacyPorts, 'chain' | 'clock'>,
  condition: () => boolean,
): Promise<void> =>
  new Promise((resolve) => {
    if (condition()) return resolve()
    const done = (): void => {
      cancel()
      leave()
      resolve()
    }
    const cancel = clock.setTimer(WAIT_MS_MAX, done)
    const leave = chain.onCommitted(() => {
      if (condition()) done()
    })
  })
