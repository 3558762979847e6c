import { open, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { say, show } from '../stage.ts'
import type { Disclosure } from './disclose.ts'
import type { People } from './enrol-people.ts'
import { type Consortium, pidOf } from './start-consortium.ts'

const largestFile = async (folder: string): Promise<string> => {
  const names = await readdir(folder, { recursive: true })
  let found = { file: '', size: 0 }
  for (const name of names) {
    const file = path.join(folder, name)
    const facts = await stat(file)
    if (facts.isFile() && facts.size > found.size) found = { file, size: facts.size }
  }
  return found.file
}

const flipByte = async (file: string): Promise<number> => {
  const handle = await open(file, 'r+')
  try {
    const { size } = await handle.stat()
    const offset = Math.floor(size / 2)
    const byte = Buffer.alloc(1)
    await handle.read(byte, 0, 1, offset)
    byte[0] = (byte[0] as number) ^ 1
    await handle.write(byte, 0, 1, offset)
    return offset
  } finally {
    await handle.close()
  }
}

/** One daemon dies and the others go on; one byte rots, is named, and is mended from another node. */
export const breakThings = async (
  consortium: Consortium,
  people: People,
  { recordId }: Disclosure,
): Promise<void> => {
  const { doctor, maria } = people
  say('')
  say('9. One daemon is killed; the network goes on.')
  const pid = await pidOf(consortium, 'city-laboratory')
  say(`  $ kill -9 ${pid}    # city-laboratory`)
  process.kill(pid, 'SIGKILL')
  await show(maria.seat, ['grant', 'doctor', '--compartment', 'laboratory', '--until', '30d'], { lines: 6 })
  await show(doctor.seat, ['record', 'show', recordId], { lines: 3 })

  say('')
  say('10. One byte flips in what the dead node stored. Its own check names the place.')
  const home = path.join(consortium.dir, 'city-laboratory')
  const file = await largestFile(path.join(home, 'node', 'blocks'))
  const offset = await flipByte(file)
  say(`    flipped one bit at offset ${offset} of ${path.relative(consortium.dir, file)}`)
  await show({ home, nodeUrl: 'http://127.0.0.1:9', passphrase: '' }, ['node', 'doctor'], {
    expect: 6,
    lines: 8,
  })

  say('')
  say('11. The node is started again. It fetches the damaged block from another node, and checks it first.')
  await show(undefined, ['network', 'up', '--dir', consortium.dir, '--detach'])
  const own = { home, nodeUrl: consortium.url['city-laboratory'], passphrase: '' }
  await show(own, ['node', 'doctor'], { lines: 4 })
  await show(maria.seat, ['audit', '--verify', '--limit', '2'], { lines: 6 })
}
