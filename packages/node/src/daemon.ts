import { copyFile, rm, writeFile } from 'node:fs/promises'
import { type Genesis, networkIdOf, ok, type Refusal, type ReplicaOptions, type Result } from '@medchain/core'
import type { NodeServices, RegisterRoutes } from './api/index.ts'
import { type Clock, systemClock, within } from './clock.ts'
import { findGenesis } from './config/find-genesis.ts'
import {
  type Environment,
  findPassphrase,
  fingerprintOf,
  type NodeConfig,
  type NodeKeys,
  type NodePaths,
  nodePaths,
  pathFromHome,
  readNodeConfig,
} from './config/index.ts'
import { readNodeKeys } from './config/read-node-keys.ts'
import { createLogger, type Logger } from './logger.ts'
import { createMetrics } from './metrics/index.ts'
import { startNode } from './node.ts'
import type { RoomFactory } from './room.ts'
import { DAEMON_ROOMS } from './rooms.ts'

const DRAIN_MS = 15_000

export interface DaemonOptions {
  readonly home: string
  /** Genesis document, instead of the one that node.json names. */
  readonly genesisPath?: string
  /** Whether an empty home begins with a snapshot that the members hand on; else as node.json says. */
  readonly fromSnapshot?: boolean
  /** Instead of the passphrase file and `MEDCHAIN_PASSPHRASE`. */
  readonly passphrase?: string
  /** Settings that stand above node.json and environment. */
  readonly settings?: Partial<Pick<NodeConfig, 'listen' | 'api' | 'logLevel'>>
  readonly environment?: Environment
  readonly registerRoutes?: readonly RegisterRoutes[]
  /** Instead of those of every daemon. */
  readonly rooms?: readonly RoomFactory[]
  readonly replica?: Partial<ReplicaOptions>
  readonly healTimeoutMs?: number
  /** Instead of the machine's clock and timers. */
  readonly clock?: Clock
  /** Whether SIGTERM and SIGINT stop the daemon; the default. */
  readonly handlesSignals?: boolean
}

export interface RunningDaemon {
  readonly services: NodeServices
  readonly apiUrl: string
  readonly stop: () => Promise<void>
  /** Resolves when the daemon has stopped: with the refusal it stopped for, or undefined when it was asked to. */
  readonly ended: Promise<Refusal | undefined>
}

interface Prepared {
  readonly paths: NodePaths
  readonly config: NodeConfig
  readonly genesis: Genesis
  readonly genesisFile: string
  readonly keys: NodeKeys
}

const prepare = async (options: DaemonOptions): Promise<Result<Prepared>> => {
  const environment = options.environment ?? process.env
  const paths = nodePaths(options.home)
  const read = await readNodeConfig(options.home, environment)
  if (!read.ok) return read
  const { storage } = read.value
  const startFromSnapshot = options.fromSnapshot ?? storage.startFromSnapshot
  const config: NodeConfig = {
    ...read.value,
    ...options.settings,
    storage: { ...storage, startFromSnapshot },
  }
  const file = config.passphraseFile && pathFromHome(options.home, config.passphraseFile)
  const passphrase =
    options.passphrase === undefined ? await findPassphrase(file, environment) : ok(options.passphrase)
  if (!passphrase.ok) return passphrase
  const [genesis, keys] = await Promise.all([
    findGenesis(paths, config, options.genesisPath),
    readNodeKeys(paths, passphrase.value),
  ])
  if (!genesis.ok) return genesis
  if (!keys.ok) return keys
  return ok({
    paths,
    config,
    genesis: genesis.value.genesis,
    genesisFile: genesis.value.file,
    keys: keys.value,
  })
}

/** A copy of the genesis document, so that later starts do not depend on the place it came from. */
const keepGenesis = async ({ paths, genesisFile }: Prepared): Promise<void> => {
  if (genesisFile !== paths.genesis) await copyFile(genesisFile, paths.genesis)
}

const onSignals = (stop: () => void): (() => void) => {
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  return () => {
    process.off('SIGTERM', stop)
    process.off('SIGINT', stop)
  }
}

const createStopper = (logger: Logger, close: () => Promise<void>) => {
  let stopping: Promise<void> | undefined
  const { promise: ended, resolve } = Promise.withResolvers<Refusal | undefined>()
  const stop = (refusal?: Refusal): Promise<void> => {
    stopping ??= within(
      systemClock,
      DRAIN_MS,
      close().then(() => true),
      () => false,
    ).then((isClean) => {
      if (!isClean) logger.warn({ drainMs: DRAIN_MS }, 'some parts did not close in time')
      resolve(refusal)
    })
    return stopping
  }
  return { stop, ended }
}

/**
 * Starts the node of a home and writes `<home>/node.pid`. SIGTERM and SIGINT stop it: requests under way end,
 * the state is left whole. A refusal with the code of `config.*`, `keystore.*`, `genesis.*`, `storage.*`,
 * `api.*` or `network.*` when it cannot start; nothing stays open then.
 */
export const startDaemon = async (options: DaemonOptions): Promise<Result<RunningDaemon>> => {
  const startedAt = systemClock.now()
  const prepared = await prepare(options)
  if (!prepared.ok) return prepared
  const { paths, config, genesis, keys } = prepared.value
  const logger = createLogger({ level: config.logLevel, institution: config.name })
  let isHalted: Refusal | undefined
  let onHalt = (refusal: Refusal): void => {
    isHalted = refusal
  }
  const { registerRoutes, rooms, replica, healTimeoutMs, clock = systemClock } = options
  const node = await startNode(
    {
      paths,
      config,
      genesis,
      keys,
      ...(registerRoutes && { registerRoutes }),
      rooms: rooms ?? DAEMON_ROOMS,
      ...(replica && { replica }),
      ...(healTimeoutMs !== undefined && { healTimeoutMs }),
    },
    { clock, logger, metrics: createMetrics(), onHalt: (refusal) => onHalt(refusal) },
  )
  if (!node.ok) return node
  const { services, apiUrl, close } = node.value
  await keepGenesis(prepared.value)
  await writeFile(paths.pid, `${process.pid}\n`)
  const { stop, ended } = createStopper(logger, async () => {
    await close()
    await rm(paths.pid, { force: true })
  })
  onHalt = (refusal) => {
    logger.error({ code: refusal.code }, refusal.message)
    void stop(refusal)
  }
  if (isHalted) onHalt(isHalted)
  const unhook = options.handlesSignals === false ? undefined : onSignals(() => void stop())
  void ended.then(unhook)
  const startMs = Math.round(systemClock.now() - startedAt)
  const { height } = services.ledger.status()
  logger.info(
    { api: apiUrl, height, fingerprint: fingerprintOf(networkIdOf(genesis)), startMs },
    'node started',
  )
  return ok({ services, apiUrl, stop: () => stop(), ended })
}
