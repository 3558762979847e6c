import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, open, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { waitUntil } from '../../scripts/chaos/wait-until.ts'
import { type CommandEnd, run } from '../../test/harness/run-medchain.ts'
import { type BenchNetwork, startBenchNetwork, untilReady } from '../network/bench-network.ts'
import { type BenchPerson, enrolPerson } from './bench-people.ts'
import { createMemoryWatch } from './memory-watch.ts'

const MB = 1_000_000
const PIECE_BYTES = MB
const COMMAND_TIMEOUT_MS = 3_600_000

/** What a run found; memory in MB of a million bytes above what the process had before. */
export interface LargeRecordFigures {
  readonly megabytes: number
  readonly importSeconds: number
  readonly exportSeconds: number
  readonly importMemory: ReadonlyMap<string, number>
  readonly exportMemory: ReadonlyMap<string, number>
  /** Bytes that were durable at the node when the import was killed, and that the second run did not send again. */
  readonly keptImportBytes: number
  /** Bytes of the part that the killed export left, and that the second run did not fetch again. */
  readonly keptExportBytes: number
  /** Whether the part was ever under the record's own name. */
  readonly wasTakenForWhole: boolean
  readonly isSame: boolean
}

const writeRandom = async (file: string, megabytes: number): Promise<string> => {
  const hash = createHash('sha256')
  const handle = await open(file, 'w')
  for (let each = 0; each < megabytes; each++) {
    const piece = randomBytes(PIECE_BYTES)
    hash.update(piece)
    await handle.writeFile(piece)
  }
  await handle.close()
  return hash.digest('hex')
}

const hashOf = async (file: string): Promise<string> => {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

const sizeOf = async (file: string): Promise<number> => (await stat(file).catch(() => undefined))?.size ?? 0

const uploadSize = async (home: string): Promise<number> => {
  const folder = path.join(home, 'node', 'vault', 'custody', 'uploads')
  const names = await readdir(folder).catch(() => [])
  return Math.max(0, ...(await Promise.all(names.map((name) => sizeOf(path.join(folder, name))))))
}

const partSize = async (folder: string): Promise<number> => {
  const parts = (await readdir(folder)).filter((name) => name.endsWith('.part'))
  return Math.max(0, ...(await Promise.all(parts.map((name) => sizeOf(path.join(folder, name))))))
}

interface Stage {
  readonly network: BenchNetwork
  readonly clinician: BenchPerson
  readonly maria: BenchPerson
}

const options = { timeoutMs: COMMAND_TIMEOUT_MS }

/** Runs a command and watches the daemons, and the command itself from the moment when its transfer has begun. */
const watched = async (
  { network }: Stage,
  who: BenchPerson,
  args: readonly string[],
  hasBegun: () => Promise<boolean>,
) => {
  const memory = createMemoryWatch()
  for (const daemon of network.daemons) await memory.add(daemon.name, daemon.pid() as number)
  let pid: number | undefined
  let isOver = false
  const running = run(who, args, { ...options, onStart: (child) => (pid = child.pid) }).finally(() => {
    isOver = true
  })
  // Before that it opens its keys, for which scrypt takes 128 MiB, with or without a large record.
  const isDue = async (): Promise<boolean> => isOver || (await hasBegun())
  await waitUntil('the transfer begins', isDue, { timeoutMs: COMMAND_TIMEOUT_MS })
  if (!isOver) await memory.add('command', pid as number)
  const end = await running
  return { end, extra: await memory.end() }
}

/** Kills a command once `isFar` holds. */
const killed = async (
  who: BenchPerson,
  args: readonly string[],
  isFar: () => Promise<boolean>,
): Promise<void> => {
  let kill: () => void = () => undefined
  const running = run(who, args, { ...options, onStart: (child) => (kill = () => child.kill('SIGKILL')) })
  await waitUntil('the transfer is far enough', isFar, { timeoutMs: COMMAND_TIMEOUT_MS, pollMs: 5 })
  kill()
  await running
}

const fail = (end: CommandEnd): never => {
  throw new Error(`${end.command} ended with ${end.code}: ${end.stdout}${end.stderr}`)
}

const importTwice = async (stage: Stage, file: string, megabytes: number) => {
  const { network, clinician, maria } = stage
  const home = network.daemons[0]?.home ?? ''
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
  const isFar = async () => (await uploadSize(home)) > 0.4 * megabytes * MB
  await killed(clinician, args, isFar)
  const kept = await uploadSize(home)
  const { end, extra } = await watched(stage, clinician, args, async () => (await uploadSize(home)) > kept)
  const report = JSON.parse(end.stdout) as { imported: number; records: readonly { id: string }[] }
  const [record] = report.records
  if (end.code !== 0 || record === undefined) return fail(end)
  return { id: record.id, kept, seconds: end.seconds, extra }
}

const exportTwice = async (stage: Stage, id: string, megabytes: number) => {
  const { network, maria } = stage
  const folder = path.join(network.dir, 'out')
  await mkdir(folder, { recursive: true })
  const file = path.join(folder, 'record.bin')
  const args = ['record', 'show', id, '--out', file, '--json']
  await killed(maria, args, async () => (await partSize(folder)) > 0.4 * megabytes * MB)
  const kept = await partSize(folder)
  const wasTakenForWhole = existsSync(file)
  const { end, extra } = await watched(stage, maria, args, async () => (await partSize(folder)) > kept)
  if (end.code !== 0) return fail(end)
  return { file, kept, wasTakenForWhole, seconds: end.seconds, extra }
}

/** Imports and exports one large record by the real commands on four real daemons, each killed in the middle once. */
export const measureLargeRecord = async (megabytes: number): Promise<LargeRecordFigures> => {
  const network = await startBenchNetwork()
  try {
    const clinician = await enrolPerson(network, 'clinician', 'practitioner')
    const maria = await enrolPerson(network, 'maria', 'patient')
    const stage = { network, clinician, maria }
    const warm = path.join(network.dir, 'warm.bin')
    await writeRandom(warm, 8)
    const warming = ['record', 'import', warm, '--subject', maria.did, '--media-type', 'application/dicom']
    await run(clinician, warming, options)
    const file = path.join(network.dir, 'large.bin')
    const sha256 = await writeRandom(file, megabytes)
    const imported = await importTwice(stage, file, megabytes)
    await untilReady(network.daemons)
    const exported = await exportTwice(stage, imported.id, megabytes)
    return {
      megabytes,
      importSeconds: imported.seconds,
      exportSeconds: exported.seconds,
      importMemory: imported.extra,
      exportMemory: exported.extra,
      keptImportBytes: imported.kept,
      keptExportBytes: exported.kept,
      wasTakenForWhole: exported.wasTakenForWhole,
      isSame: (await hashOf(exported.file)) === sha256,
    }
  } finally {
    await network.close()
  }
}
