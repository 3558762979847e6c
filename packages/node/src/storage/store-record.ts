import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { hexFromBytes, ok, type Result, refuse } from '@medchain/core'
import type { NodePaths } from '../config/index.ts'
import { writeFileAtomic } from '../keystore/index.ts'

/** Raised, with a migration beside it, when what lies on disk changes its form. */
export const STORE_FORMAT = 6
/** Chains of earlier stores follow rules that this program no longer has (ADR 030). */
const STORE_FORMAT_FIRST = 6

/** Which network the store of a home belongs to, and in which form it lies there. */
export interface StoreRecord {
  readonly format: number
  /** Hexadecimal. */
  readonly networkId: string
}

export const recordFile = ({ data }: NodePaths): string => path.join(data, 'store.json')

/** Where format 1 had its record. */
const firstRecordFile = ({ blocks }: NodePaths): string => path.join(blocks, 'network.json')

const readJson = async (file: string): Promise<Record<string, unknown> | undefined> => {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

const damaged = (file: string) =>
  refuse('storage.record-damaged', `${file} does not say which network it belongs to.`)

/** The record of a home, undefined before its first start; `storage.record-damaged` when it cannot be read. */
export const readStoreRecord = async (paths: NodePaths): Promise<Result<StoreRecord | undefined>> => {
  const record = await readJson(recordFile(paths))
  if (record) {
    const { format, networkId } = record
    return typeof format === 'number' && typeof networkId === 'string'
      ? ok({ format, networkId })
      : damaged(recordFile(paths))
  }
  const first = await readJson(firstRecordFile(paths))
  if (first === undefined) return ok(undefined)
  const { networkId } = first
  return typeof networkId === 'string' ? ok({ format: 1, networkId }) : damaged(firstRecordFile(paths))
}

/** Durable when it resolves. */
export const writeStoreRecord = (paths: NodePaths, record: StoreRecord): Promise<void> =>
  writeFileAtomic(recordFile(paths), Buffer.from(`${JSON.stringify(record)}\n`))

/**
 * Whether this program and this network fit the store of a home; changes nothing. `genesis.mismatch`,
 * `storage.newer-format`, `storage.old-format`, `storage.record-damaged`.
 */
export const checkStoreRecord = async (
  paths: NodePaths,
  networkId: Uint8Array,
): Promise<Result<StoreRecord | undefined>> => {
  const read = await readStoreRecord(paths)
  if (!read.ok || read.value === undefined) return read
  const { format, networkId: stored } = read.value
  if (format > STORE_FORMAT) {
    return refuse(
      'storage.newer-format',
      `A newer version of this program wrote the store (format ${format}, here ${STORE_FORMAT}); update this program.`,
    )
  }
  if (format < STORE_FORMAT_FIRST) {
    return refuse(
      'storage.old-format',
      `An earlier version of this program wrote the store (format ${format}), under rules that this one does not have: go on with that version, or found a new network.`,
    )
  }
  return stored === hexFromBytes(networkId)
    ? read
    : refuse('genesis.mismatch', 'This home belongs to another network than the genesis document founds.')
}
