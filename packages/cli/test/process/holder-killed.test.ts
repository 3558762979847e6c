// timeout: 600s
// long: kills the daemons that hold a record of 64 MB while it is handed over and while it is read
// Real daemons and real commands: a holder that is killed midway costs nothing but time.
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, readdirSync, statSync } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'uvu'
import { is, ok } from 'uvu/assert'
import {
  type InstitutionName,
  type LocalNetwork,
  startNetwork,
} from '../../../../test/harness/local-network.ts'
import { enrol, type ImportReport, type Person, seatedAt } from '../../../../test/harness/people.ts'
import { describeEnd, jsonOf, run } from '../../../../test/harness/run-medchain.ts'
import { waitUntil } from '../../../../test/harness/wait-until.ts'

const MEGABYTES = 64
const MIB = 1024 * 1024
const AUTHOR: InstitutionName = 'north-hospital'
const OTHERS: readonly InstitutionName[] = ['south-hospital', 'city-laboratory', 'research-institute']
const options = { timeoutMs: 300_000 }
const bound = { timeoutMs: 240_000, pollMs: 5 }

interface Scene {
  readonly network: LocalNetwork
  readonly clinician: Person
  readonly maria: Person
  readonly file: string
  readonly sha256: string
}

const hashOf = async (file: string): Promise<string> => {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

const prepare = async (): Promise<Scene> => {
  const network = await startNetwork()
  const clinician = await enrol(network, AUTHOR, 'practitioner', 'clinician')
  const maria = await enrol(network, AUTHOR, 'patient', 'maria')
  const file = path.join(network.dir, 'large.bin')
  const handle = await open(file, 'w')
  for (let each = 0; each < MEGABYTES; each++) await handle.writeFile(randomBytes(MIB))
  await handle.close()
  return { network, clinician, maria, file, sha256: await hashOf(file) }
}

let scene: Scene | undefined
let recordId = ''
test.before(async () => {
  scene = await prepare()
})
test.after(() => scene?.network.remove())

const vaultBytes = ({ network }: Scene, name: InstitutionName): number => {
  const folder = path.join(network.homeOf(name), 'node', 'vault', 'store')
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0)
}

/** The holder beside the author's institution: who gets the pieces. */
let holder: InstitutionName = AUTHOR

const partBytes = async (folder: string): Promise<number> => {
  const parts = (await readdir(folder)).filter((name) => name.endsWith('.part'))
  const sizes = await Promise.all(parts.map(async (name) => (await stat(path.join(folder, name))).size))
  return Math.max(0, ...sizes)
}

test('a holder that is killed while it takes a record has all of it in the end', async () => {
  const { network, clinician, maria, file, sha256 } = scene as Scene
  const before = new Map(OTHERS.map((name) => [name, vaultBytes(scene as Scene, name)]))
  const came = (name: InstitutionName) => vaultBytes(scene as Scene, name) - (before.get(name) ?? 0)
  const args = [
    'record',
    'import',
    file,
    '--subject',
    maria.did,
    '--media-type',
    'application/dicom',
    '--json',
  ]
  const importing = run(clinician, args, options)
  holder = await waitUntil(
    'pieces come to a holder',
    () => OTHERS.find((name) => came(name) > 16 * MIB),
    bound,
  )
  await network.kill(holder)
  const atDeath = came(holder)
  ok(atDeath < MEGABYTES * MIB, `${atDeath} bytes: it was whole before it was killed`)
  await network.start(holder)
  const end = await importing
  // What the holder lacks is brought by the author's node, whether the command waited for it or not.
  ok(end.code === 0 || end.code === 8, describeEnd(end))
  const again = end.code === 0 ? end : await run(clinician, args, options)
  is(again.code, 0, describeEnd(again))
  recordId = jsonOf<ImportReport>(again).records[0]?.id ?? ''
  const outbox = path.join(network.homeOf(AUTHOR), 'node', 'vault', 'custody', 'outbox')
  await waitUntil('the holder has all of it', async () => (await readdir(outbox)).length === 0, bound)
  ok(came(holder) > MEGABYTES * MIB)
  ok(came(holder) < 1.5 * MEGABYTES * MIB, 'what lay there was not sent again')
  // The author's own node, the other holder, is away: what is read now comes from the one that was killed.
  await network.kill(AUTHOR)
  const elsewhere = OTHERS.find((name) => name !== holder) as InstitutionName
  const out = path.join(network.dir, 'from-the-killed.bin')
  const show = ['record', 'show', recordId, '--out', out, '--json']
  const read = await run(seatedAt(maria, network, elsewhere), show, options)
  is(read.code, 0, describeEnd(read))
  is(await hashOf(out), sha256)
  await network.start(AUTHOR)
})

test('a reading goes on where it was when the daemons that serve it are killed, and ends whole', async () => {
  const { network, maria, sha256 } = scene as Scene
  const elsewhere = OTHERS.find((name) => name !== holder) as InstitutionName
  const folder = path.join(network.dir, 'people', 'maria')
  const out = path.join(folder, 'record.bin')
  const show = ['record', 'show', recordId, '--out', out, '--json']
  let isOver = false
  const reading = run(seatedAt(maria, network, elsewhere), show, options).finally(() => {
    isOver = true
  })
  let kept = 0
  // Whichever of the two serves, one of the kills strikes it in the middle.
  for (const [name, share] of [
    [AUTHOR, 0.2],
    [holder, 0.5],
  ] as const) {
    const isFar = async () => (await partBytes(folder)) > share * MEGABYTES * MIB
    await waitUntil('the reading is on its way', async () => isOver || (await isFar()), bound)
    ok(!isOver, 'it was over before a daemon was killed')
    await network.kill(name)
    const left = await partBytes(folder)
    ok(left >= kept, 'the part that came was begun anew')
    kept = left
    await network.start(name)
  }
  const end = await reading
  const whole = end.code === 0 ? end : await run(seatedAt(maria, network, elsewhere), show, options)
  is(whole.code, 0, describeEnd(whole))
  is(await hashOf(out), sha256)
})

test.run()
