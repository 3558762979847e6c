import { execFile } from 'node:child_process'
import { open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { nodePaths } from '@medchain/node'
import type { Daemon } from '../daemon.ts'
import { Violation } from '../violation.ts'
import { waitUntil } from '../wait-until.ts'
import { anyHost, type Fault, type World } from '../world.ts'

const run = promisify(execFile)
const TAIL_BYTES_MAX = 400
const CHUNK_BYTES = 64 * 1024
const END_TIMEOUT_MS = 20_000

/** Puts a file system of its own below a home; the enclosure's end takes it back. */
export const mountSmallDisk = async (home: string, sizeMib: number): Promise<void> => {
  await run('mount', ['-t', 'tmpfs', '-o', `size=${sizeMib}m,mode=0700`, 'tmpfs', home])
}

const ballastOf = (home: string): string => path.join(home, 'ballast')

/** Writes until nothing more fits. */
export const fillDisk = async (home: string): Promise<void> => {
  const file = await open(ballastOf(home), 'w')
  try {
    for (let sizeBytes = CHUNK_BYTES; sizeBytes >= 1; ) {
      await file.appendFile(Buffer.alloc(sizeBytes)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOSPC') throw error
        sizeBytes = Math.floor(sizeBytes / 16)
      })
    }
  } finally {
    await file.close()
  }
}

export const freeDisk = (home: string): Promise<void> => rm(ballastOf(home))

/** A daemon that met a full disk says so and ends; one that wrote nothing meanwhile goes on. */
export const awaitCleanEnd = async (daemon: Daemon, logBefore: number): Promise<'ended' | 'goes on'> => {
  const newLog = async (): Promise<string> => (await daemon.log()).slice(logBefore)
  if (daemon.isRunning() && !(await newLog()).includes('storage.full')) return 'goes on'
  await waitUntil(`${daemon.name} ends`, () => !daemon.isRunning(), { timeoutMs: END_TIMEOUT_MS })
  const log = await newLog()
  if (daemon.exitCode() === 1 && log.includes('storage.full')) return 'ended'
  throw new Violation('unclean end', `${daemon.name}: exit code ${daemon.exitCode()}\n${log.slice(-2000)}`)
}

export const fullDisk: Fault = {
  name: 'full-disk',
  strike: async ({ consortium, smallDiskHost }) => {
    const daemon = consortium.at(smallDiskHost)
    const logBefore = (await daemon.log()).length
    await fillDisk(daemon.home)
    return {
      what: daemon.name,
      heal: async () => {
        const outcome = await awaitCleanEnd(daemon, logBefore)
        await freeDisk(daemon.home)
        if (outcome === 'ended') daemon.start()
      },
    }
  },
}

/** Cuts up to so many bytes off the WAL of a daemon that is down, or changes one of its last bytes. */
export const damageWal = async (home: string, { prng }: Pick<World, 'prng'>): Promise<string> => {
  const file = path.join(nodePaths(home).wal, 'current.wal')
  const { size } = await stat(file)
  const bytes = prng.integer(1, Math.min(TAIL_BYTES_MAX, Math.max(1, size)))
  if (prng.pick([true, false])) {
    const handle = await open(file, 'r+')
    await handle.truncate(Math.max(0, size - bytes))
    await handle.close()
    return `${bytes} of ${size} bytes cut off`
  }
  const content = await readFile(file)
  const at = Math.max(0, size - 1 - prng.integer(0, 8))
  content[at] = (content[at] ?? 0) ^ (1 << prng.integer(0, 7))
  await writeFile(file, content)
  return `byte ${at} of ${size} changed`
}

export const tornWal: Fault = {
  name: 'torn-wal',
  strike: async (world) => {
    const daemon = world.consortium.at(anyHost(world))
    await daemon.end('SIGKILL')
    const damage = await damageWal(daemon.home, world)
    return { what: `${daemon.name}, ${damage}`, heal: async () => daemon.start() }
  },
}
