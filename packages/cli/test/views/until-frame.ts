import { setTimeout as delay } from 'node:timers/promises'

const LONGEST_MS = 5000
const POLL_MS = 5

/** The first frame that shows `wanted`; fails with the last frame when none does within five seconds. */
export const untilFrame = async (lastFrame: () => string | undefined, wanted: RegExp): Promise<string> => {
  const deadline = performance.now() + LONGEST_MS
  for (;;) {
    const frame = lastFrame() ?? ''
    if (wanted.test(frame)) return frame
    if (performance.now() > deadline) throw new Error(`no frame shows ${wanted}; the last one is:\n${frame}`)
    await delay(POLL_MS)
  }
}
