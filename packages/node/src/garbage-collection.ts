import { setFlagsFromString } from 'node:v8'

/** Of V8: what came before does not know the setting, and says so on the standard error. */
const SINCE_MAJOR = 13

/**
 * Has V8 weigh buffers with the rest of the heap when it decides to look through all of it. It does so otherwise whenever
 * buffers have grown by 64 MiB since the last time, however soon they are dropped: at 40,000 record anchors a second
 * three times a second, for half of a daemon's processor time (measured). Memory that nobody needs any more is
 * given back later: under load a daemon has 100 to 200 MB more. For the whole process; without effect on a Node.js that
 * does not know it.
 */
export const weighBuffersWithHeap = (): void => {
  if (Number.parseInt(process.versions.v8, 10) >= SINCE_MAJOR)
    setFlagsFromString('--external-memory-accounted-in-global-limit')
}
