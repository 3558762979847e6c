// What somebody made by hand or changed on the way, what is in the place already, and disks that are full.
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { finished } from 'node:stream/promises'
import { hexFromBytes, networkIdOf, unwrap } from '@medchain/core'
import { type Header, pack } from 'tar-stream'
import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { createBackup, restoreHome } from '../../src/backup/index.ts'
import { genesisText } from '../../src/config/index.ts'
import { createLocalNetwork, type LocalNode, nodePaths } from '../../src/index.ts'

interface Entry extends Partial<Pick<Header, 'type' | 'linkname' | 'mode'>> {
  readonly name: string
  readonly body?: string
}

const dir = await mkdtemp(path.join(tmpdir(), 'medchain-tampered-'))
const { genesis, nodes } = unwrap(
  await createLocalNetwork({ dir: path.join(dir, 'net'), validators: 4, basePort: 22_000 }),
)
const { home, name: institutionName } = nodes[0] as LocalNode
const paths = nodePaths(home)
const header = {
  format: 1,
  program: '0.1.0',
  networkId: hexFromBytes(networkIdOf(genesis)),
  networkName: genesis.name,
  institutionName,
  createdMs: 0,
  height: 0,
}
const file = path.join(dir, 'made.tar')
const newHome = path.join(dir, 'new')

const backUp = (to: string) =>
  createBackup({ paths, genesis, institutionName, file: to, nowMs: Date.now() }).then((made) =>
    made.ok ? 'made' : made.code,
  )

const restore = async (): Promise<string> => {
  const restored = await restoreHome({ file, home: newHome })
  return restored.ok ? 'restored' : restored.code
}

/** An archive whose manifest agrees with what is in it. */
const restoreMade = async (entries: readonly Entry[], changed: object = {}): Promise<string> => {
  const all: readonly Entry[] = [{ name: 'node/genesis.json', body: genesisText(genesis) }, ...entries]
  const archive = pack()
  const out = archive.pipe(createWriteStream(file))
  archive.entry({ name: 'backup.json' }, JSON.stringify({ ...header, ...changed }))
  for (const { body = '', ...entry } of all) archive.entry(entry, body)
  const files = all.map(({ name, body = '' }) => ({
    path: name,
    sizeBytes: Buffer.byteLength(body),
    sha256: createHash('sha256').update(body).digest('hex'),
  }))
  archive.entry({ name: 'manifest.json' }, JSON.stringify({ files }))
  archive.finalize()
  await finished(out)
  return restore()
}

test.after(() => rm(dir, { recursive: true }))

for (const [what, entry] of [
  ['a name that leads out of the home', { name: 'node/../../out', body: 'x' }],
  ['an absolute name', { name: path.join(dir, 'out'), body: 'x' }],
  ['a symbolic link', { name: 'node/link', type: 'symlink', linkname: dir }],
  ['a hard link', { name: 'node/link', type: 'link', linkname: '/etc/passwd' }],
  ['a memory of votes', { name: 'node/wal/current.wal', body: 'x' }],
  ['a snapshot that nobody checked', { name: 'node/joining/complete', body: '' }],
] as const) {
  test(`a backup with ${what} is refused, and nothing stays`, async () => {
    equal(await restoreMade([entry]), 'backup.damaged')
    equal((await readdir(dir)).sort(), ['made.tar', 'net'])
  })
}

test('a file is there twice, or is dated beyond all calendars: refused', async () => {
  const twice = { name: 'node/a', body: 'x' }
  equal(await restoreMade([twice, twice]), 'backup.damaged')
  equal(await restoreMade([], { createdMs: 1e20 }), 'backup.damaged')
})

test('modes of the archive are not taken over', async () => {
  equal(await restoreMade([{ name: 'node/tool', body: 'x', mode: 0o4777 }]), 'restored')
  equal((await stat(path.join(newHome, 'node', 'tool'))).mode & 0o7777, 0o600)
  await rm(newHome, { recursive: true })
})

test('a whole home is not cleared for the note of a restore that ended', async () => {
  equal(await restoreMade([{ name: 'node.json', body: '{}' }]), 'restored')
  await mkdir(path.join(newHome, '.restore'))
  await writeFile(path.join(newHome, 'node', 'vault'), 'since then')
  equal(await restore(), 'backup.home-taken')
  equal(await readFile(path.join(newHome, 'node', 'vault'), 'utf8'), 'since then')
  await rm(newHome, { recursive: true })
})

test('files in the place of folders and folders in the place of files are refused', async () => {
  await writeFile(newHome, '')
  equal(await restore(), 'storage.write-failed')
  await rm(newHome)
  const folder = await restoreHome({ file: dir, home: newHome })
  equal(folder.ok || folder.code, 'backup.not-a-backup')
  equal(await backUp(dir), 'backup.exists')
})

test('no backup is made inside the home, where the next one would hold it', async () => {
  equal(await backUp(path.join(paths.data, 'mine.tar')), 'backup.in-home')
  equal((await readdir(paths.data)).includes('mine.tar'), false)
})

test.run()
