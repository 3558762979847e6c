import { access, mkdir, rename } from 'node:fs/promises'
import path from 'node:path'
import { encodeLastSigned, networkIdOf, ok, type Result, refuse } from '@medchain/core'
import { syncFolder, writeFileAtomic } from '../keystore/index.ts'
import { takeExclusiveLock } from '../storage/exclusive-lock.ts'
import { storageFiles } from '../storage/index.ts'
import { checkStoreRecord } from '../storage/store-record.ts'
import { clockSituations } from './clock-situations.ts'
import { floorOf, isSilenced, isWithoutMemory, memorySituations } from './memory-situations.ts'
import { type ExaminedHome, type HomeFacts, readFacts } from './read-facts.ts'
import type { RecoveryReport } from './situation.ts'

export interface RecoveryOptions extends ExaminedHome {
  readonly nowMs: number
  /** Carries out what the report says; otherwise nothing is changed. */
  readonly isApplied: boolean
  /** Height from which a validator that lost memory is to vote all the same, at the risk of signing twice. */
  readonly unsafeVoteFrom?: number
}

const isFree = (file: string): Promise<boolean> =>
  access(file).then(
    () => false,
    () => true,
  )

/** Renames the write-ahead log to the first free name; nothing is deleted. */
const putWalAside = async ({ paths }: ExaminedHome): Promise<void> => {
  const { wal } = storageFiles(paths)
  if (await isFree(wal)) return
  for (let number = 1; ; number++) {
    const aside = `${wal}.aside-${number}`
    if (!(await isFree(aside))) continue
    await rename(wal, aside)
    return syncFolder(path.dirname(wal))
  }
}

const writeLastSigned = ({ paths, genesis }: ExaminedHome, height: number): Promise<void> =>
  writeFileAtomic(
    storageFiles(paths).lastSigned,
    encodeLastSigned(networkIdOf(genesis), { height, round: 0 }),
  )

/** The floor first: a crash between the two leaves a home that is refused as before. */
const putUnreadableAside = async (options: ExaminedHome, facts: HomeFacts): Promise<void> => {
  const floor = floorOf(facts)
  if (floor > facts.lastSignedHeight) await writeLastSigned(options, floor)
  await putWalAside(options)
}

const voteFrom = async (
  options: RecoveryOptions,
  facts: HomeFacts,
  height: number,
): Promise<Result<void>> => {
  if (!Number.isSafeInteger(height) || height <= facts.headHeight) {
    const least = facts.headHeight + 1
    return refuse('recovery.height', `The height to vote from is a whole number of at least ${least}.`)
  }
  if (!options.config.isValidator || !isSilenced(facts)) {
    return refuse(
      'recovery.has-memory',
      'This home knows where it may vote: nothing unsafe is needed, and nothing was changed.',
    )
  }
  if (!options.isApplied) return ok(undefined)
  await writeLastSigned(options, height - 1)
  await putWalAside(options)
  return ok(undefined)
}

const reportOf = (
  { paths, config, nowMs }: RecoveryOptions,
  facts: HomeFacts,
  isChanged: boolean,
): RecoveryReport => {
  const { isValidator } = config
  const { headHeight, headTimeMs, memory } = facts
  const memoryFound = isValidator ? memorySituations(facts) : []
  const isKnown = memory.ok && !isWithoutMemory(facts)
  const abstainUpTo = memory.ok && 'abstainUpTo' in memory.value ? memory.value.abstainUpTo : 0
  return {
    home: paths.home,
    isValidator,
    headHeight,
    headAgeMs: headTimeMs === undefined ? undefined : nowMs - headTimeMs,
    abstainUpTo: isKnown ? abstainUpTo : memory.ok ? undefined : floorOf(facts) || undefined,
    situations: [...memoryFound, ...clockSituations(headTimeMs, nowMs)],
    isChanged,
  }
}

const recoverLocked = async (options: RecoveryOptions): Promise<Result<RecoveryReport>> => {
  // What a newer program wrote here is not foreign, and not this one's to put aside.
  const store = await checkStoreRecord(options.paths, networkIdOf(options.genesis))
  if (!store.ok && store.code !== 'storage.record-damaged') return store
  const facts = await readFacts(options)
  if (options.unsafeVoteFrom !== undefined) {
    const voting = await voteFrom(options, facts, options.unsafeVoteFrom)
    if (!voting.ok) return voting
    return ok(reportOf(options, await readFacts(options), options.isApplied))
  }
  const report = reportOf(options, facts, false)
  if (!options.isApplied || report.situations.every(({ remedy }) => remedy !== 'apply')) return ok(report)
  await putUnreadableAside(options, facts)
  return ok(reportOf(options, await readFacts(options), true))
}

/**
 * Examines a stopped home and says what keeps its validator from voting; with `isApplied` carries that out. The report
 * is of the home as it then is. `storage.locked` while a daemon runs on it, `storage.newer-format`, `genesis.mismatch`, `recovery.has-memory` and `recovery.height`
 * for an unsafe start that is not one.
 */
export const recoverHome = async (options: RecoveryOptions): Promise<Result<RecoveryReport>> => {
  await mkdir(options.paths.wal, { recursive: true, mode: 0o700 })
  const lock = await takeExclusiveLock(options.paths.lock)
  if (!lock.ok) return lock
  try {
    return await recoverLocked(options)
  } finally {
    lock.value.release()
  }
}
