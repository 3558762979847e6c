import type { ChildProcess } from 'node:child_process'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { tableText } from '../../format/table.ts'
import { type CommandAction, isSet } from '../command-spec.ts'
import { runningPid, stopDaemon } from '../node/node-process.ts'
import { spawnDaemon, untilReady } from './daemon-process.ts'
import { requiredFolder } from './local.ts'
import { findLocalHomes, type LocalHome } from './local-homes.ts'
import { showHeights } from './show-heights.ts'

interface Running extends LocalHome {
  readonly child: ChildProcess
}

const stopAll = async (homes: readonly LocalHome[]): Promise<void> => {
  await Promise.all(homes.map(({ home }) => stopDaemon(home)))
}

const startAll = async (
  context: CommandContext,
  homes: readonly LocalHome[],
): Promise<readonly Running[]> => {
  const progress = await context.progress('Starting the daemons')
  const started: Running[] = []
  try {
    for (const home of homes) started.push({ ...home, child: await spawnDaemon(home) })
    let ready = 0
    await Promise.all(
      started.map(async (running) => {
        await untilReady(running, running.child)
        ready++
        progress.update({ done: ready, total: homes.length })
      }),
    )
    return started
  } catch (error) {
    await stopAll(started)
    throw error
  } finally {
    progress.stop()
  }
}

const watch = async (context: CommandContext, running: readonly Running[]): Promise<void> => {
  for (const { name, child } of running) {
    child.once('exit', (code, signal) => context.warn(`${name} ended (${signal ?? `exit code ${code}`}).`))
  }
  context.note('All are ready; Ctrl-C stops them.')
  const heights = showHeights(context, running)
  await context.untilInterrupted()
  heights.stop()
  for (const { child } of running) child.removeAllListeners('exit')
  context.note('Stopping …')
  await stopAll(running)
}

type LocalNode = {
  readonly name: string
  readonly home: string
  readonly apiUrl: string
  readonly pid: number
}

/** Homes that run already, with their processes; the others. */
const divide = async (homes: readonly LocalHome[]) => {
  const pids = await Promise.all(homes.map(({ home }) => runningPid(home)))
  const living = homes.flatMap(({ name, home, apiUrl }, index): LocalNode[] => {
    const pid = pids[index]
    return pid === undefined ? [] : [{ name, home, apiUrl, pid }]
  })
  return { living, waiting: homes.filter((_, index) => pids[index] === undefined) }
}

/** Runs every home of a folder that does not run yet as a process of its own. */
export const bringNetworkUp: CommandAction = async (context, input) => {
  const dir = requiredFolder(input)
  const { living, waiting } = await divide(await findLocalHomes(dir))
  if (waiting.length === 0) {
    return fail(
      'network.running',
      'All institutions of this folder are running already.',
      `medchain network down --dir ${dir} stops the network.`,
    )
  }
  const running = await startAll(context, waiting)
  const started = running.map(({ name, home, apiUrl, child }) => ({
    name,
    home,
    apiUrl,
    pid: child.pid ?? 0,
  }))
  const nodes = [...living, ...started]
  const rows = nodes.map(({ name, apiUrl, pid }) => [name, apiUrl, String(pid)])
  const table = tableText(['Institution', 'API', { title: 'Process', align: 'right' }], rows)
  if (isSet(input, 'detach')) {
    for (const { child } of running) child.unref()
    return { json: { dir, nodes }, text: `${table}\n\nStop them with: medchain network down --dir ${dir}` }
  }
  context.emit({ dir, nodes }, table)
  await watch(context, running)
  return undefined
}
