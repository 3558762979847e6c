import path from 'node:path'
import { INSTITUTION_ROLES, type InstitutionRole, ok, type Result, refuse } from '@medchain/core'
import { LOG_LEVELS, type LogLevel } from '../log-levels.ts'
import {
  addressField,
  countField,
  endpointField,
  type Fields,
  flagField,
  listField,
  objectField,
  readFields,
  textField,
  wordField,
} from './fields.ts'
import { nodePaths } from './paths.ts'
import { type JsonObject, readJsonFile } from './read-json-file.ts'

export const SPONSOR_POLICIES = ['token', 'auto'] as const

/** Whom the institution enrols: bearers of a one-time token, or everybody who asks. */
export type SponsorPolicy = (typeof SPONSOR_POLICIES)[number]

/** What a node keeps of the chain on its disk. */
export interface StorageConfig {
  /** A snapshot of the state is made at multiples of this height, for members that join by one; 0 makes none. */
  readonly snapshotEveryBlocks: number
  /** How many of the newest blocks stay at least, once a snapshot is above the others; 0 keeps all. */
  readonly retainBlocks: number
  /** Whether an empty home begins with a snapshot that the members hand on, instead of with block 1. */
  readonly startFromSnapshot: boolean
}

/** What `<home>/node.json` says, environment applied. */
export interface NodeConfig {
  /** Public name of the institution. */
  readonly name: string
  readonly role: InstitutionRole
  readonly isValidator: boolean
  /** Multiaddrs that the peer-to-peer side listens on. */
  readonly listen: readonly string[]
  /** Multiaddrs that other members dial; as `listen` when empty. */
  readonly announce: readonly string[]
  /** `host:port` of the HTTP API. */
  readonly api: string
  /** Genesis file, relative to the home. */
  readonly genesis: string | undefined
  /** File with the keystore's passphrase for a start without a person, relative to the home. */
  readonly passphraseFile: string | undefined
  readonly sponsorPolicy: SponsorPolicy
  /** Whether the institution is a programme under 42 CFR Part 2: it declares so on the chain, for good. */
  readonly part2Program: boolean
  readonly logLevel: LogLevel
  readonly storage: StorageConfig
}

export const STORAGE_DEFAULTS: StorageConfig = {
  snapshotEveryBlocks: 1000,
  retainBlocks: 0,
  startFromSnapshot: false,
}

const BLOCKS_MAX = 1e12

const storageField = objectField<StorageConfig>({
  snapshotEveryBlocks: { field: countField(BLOCKS_MAX), fallback: STORAGE_DEFAULTS.snapshotEveryBlocks },
  retainBlocks: { field: countField(BLOCKS_MAX), fallback: STORAGE_DEFAULTS.retainBlocks },
  startFromSnapshot: { field: flagField, fallback: STORAGE_DEFAULTS.startFromSnapshot },
})

const FIELDS: Fields<NodeConfig> = {
  name: { field: textField(128) },
  role: { field: wordField(INSTITUTION_ROLES) },
  isValidator: { field: flagField, fallback: true },
  listen: { field: listField(addressField, 8) },
  announce: { field: listField(addressField, 8), fallback: [] },
  api: { field: endpointField },
  genesis: { field: textField(1024), fallback: undefined },
  passphraseFile: { field: textField(1024), fallback: undefined },
  sponsorPolicy: { field: wordField(SPONSOR_POLICIES), fallback: 'token' },
  part2Program: { field: flagField, fallback: false },
  logLevel: { field: wordField(LOG_LEVELS), fallback: 'info' },
  storage: { field: storageField, fallback: STORAGE_DEFAULTS },
}

const CODES = { damaged: 'config.damaged', missing: 'config.missing', unknown: 'config.unknown-key' }

export type Environment = Readonly<Record<string, string | undefined>>

/** Environment variables that stand above the file. */
const OVERRIDES: readonly {
  readonly variable: string
  readonly key: Exclude<keyof NodeConfig, 'storage' | 'part2Program'>
  readonly isList?: true
}[] = [
  { variable: 'MEDCHAIN_LISTEN', key: 'listen', isList: true },
  { variable: 'MEDCHAIN_ANNOUNCE', key: 'announce', isList: true },
  { variable: 'MEDCHAIN_API', key: 'api' },
  { variable: 'MEDCHAIN_GENESIS', key: 'genesis' },
  { variable: 'MEDCHAIN_PASSPHRASE_FILE', key: 'passphraseFile' },
  { variable: 'MEDCHAIN_SPONSOR_POLICY', key: 'sponsorPolicy' },
  { variable: 'MEDCHAIN_LOG_LEVEL', key: 'logLevel' },
]

const applyEnvironment = (object: JsonObject, environment: Environment): JsonObject => {
  const changed: Record<string, unknown> = { ...object }
  for (const { variable, key, isList } of OVERRIDES) {
    const given = environment[variable]
    if (given !== undefined && given !== '') changed[key] = isList ? given.split(',') : given
  }
  return changed
}

/** The configuration of a home; `config.missing`, `config.damaged` or `config.unknown-key` otherwise. */
export const readNodeConfig = async (
  home: string,
  environment: Environment = {},
): Promise<Result<NodeConfig>> => {
  const file = nodePaths(home).config
  const object = await readJsonFile(file, CODES)
  if (!object.ok) return object
  return readFields(applyEnvironment(object.value, environment), FIELDS, file, CODES)
}

/** Host and port of an endpoint such as `127.0.0.1:7740` or `[::1]:7740`. */
export const splitEndpoint = (endpoint: string): Result<{ readonly host: string; readonly port: number }> => {
  if (endpointField(endpoint) === undefined)
    return refuse('config.damaged', `"${endpoint}" is not host:port.`)
  const colon = endpoint.lastIndexOf(':')
  const host = endpoint.slice(0, colon).replace(/^\[|\]$/g, '')
  return ok({ host, port: Number(endpoint.slice(colon + 1)) })
}

/** A path that the configuration gives relative to its home. */
export const pathFromHome = (home: string, given: string): string => path.resolve(home, given)
