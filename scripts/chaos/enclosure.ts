import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import path from 'node:path'

const entry = path.join(import.meta.dirname, 'inside.ts')

/**
 * Namespaces of its own for network, mounts and processes. When the first process in there ends, however it
 * ends, the kernel ends all others and takes back links and mounts: nothing can be left behind.
 */
const UNSHARE = ['--net', '--mount', '--pid', '--fork', '--kill-child=SIGKILL', '--mount-proc']

/** Somebody who is not root is root in a user namespace, where the system allows those. */
const unshareArgs = (): readonly string[] =>
  process.getuid?.() === 0 ? UNSHARE : ['--user', '--map-root-user', ...UNSHARE]

const TRIAL = [
  'mount -t tmpfs tmpfs /run',
  'ip netns add trial',
  'ip link add trial type bridge',
  'nsenter --net=/run/netns/trial ip link set lo up',
].join(' && ')

/** Why no network namespaces can be made here; undefined when they can. */
export const whyNot = (): string | undefined => {
  if (process.platform !== 'linux') return 'network namespaces need Linux'
  const trial = spawnSync('unshare', [...unshareArgs(), 'sh', '-c', TRIAL], { encoding: 'utf8' })
  if (trial.status === 0) return undefined
  const reason = trial.error?.message ?? trial.stderr.trim().split('\n').at(-1) ?? `exit ${trial.status}`
  return `no network namespaces here (they need root or user namespaces, and unshare, nsenter and ip): ${reason}`
}

/** Runs `inside.ts` in the enclosure. It ends by itself when its standard input does. */
export const enterEnclosure = (args: readonly string[]): ChildProcess =>
  spawn(
    'unshare',
    [...unshareArgs(), process.execPath, '--conditions=medchain-source', entry, ...args],
    // A group of its own: ^C reaches the outer process alone, which then closes the pipe.
    { stdio: ['pipe', 'inherit', 'inherit'], detached: true },
  )
