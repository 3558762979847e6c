import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Member } from '../../src/network/port.ts'

const CHILD = fileURLToPath(new URL('./node-process.ts', import.meta.url))

export interface NodeProcess {
  readonly child: ChildProcess
  readonly address: string
}

/** Starts member `index` in a process of its own, so that it can be stopped and killed. */
export const startNodeProcess = async (index: number, members: readonly Member[]): Promise<NodeProcess> => {
  const plain = members.map((member) => ({ ...member, nodeKey: [...member.nodeKey] }))
  const child = spawn(
    process.execPath,
    ['--conditions=medchain-source', CHILD, String(index), JSON.stringify(plain)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim()))
    child.once('exit', (code) => reject(new Error(`the node process ended with ${code}`)))
  })
  return { child, address }
}
