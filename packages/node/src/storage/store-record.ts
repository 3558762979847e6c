import { readFile } from 'node:fs/promises'
import { hexFromBytes, ok, type Result, refuse } from '@medchain/core'
import { writeFileAtomic } from '../keystore/index.ts'

/** Raised when what lies on disk changes its form. */
export const STORE_SCHEMA_VERSION = 1

interface StoreRecord {
  readonly schemaVersion: number
  readonly networkId: string
}

const parseRecord = (text: string): StoreRecord | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    const record = value as Partial<StoreRecord> | null
    return typeof record?.schemaVersion === 'number' && typeof record.networkId === 'string'
      ? { schemaVersion: record.schemaVersion, networkId: record.networkId }
      : undefined
  } catch {
    return undefined
  }
}

/**
 * Notes at the first start which network a home belongs to, and refuses any other later:
 * `genesis.mismatch`, `storage.schema` (written by a newer version), `storage.record-damaged`.
 */
export const claimStore = async (file: string, networkId: Uint8Array): Promise<Result<void>> => {
  const own = hexFromBytes(networkId)
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) {
    const record: StoreRecord = { schemaVersion: STORE_SCHEMA_VERSION, networkId: own }
    await writeFileAtomic(file, Buffer.from(`${JSON.stringify(record)}\n`))
    return ok(undefined)
  }
  const record = parseRecord(text)
  if (!record) return refuse('storage.record-damaged', `${file} does not say which network it belongs to.`)
  if (record.schemaVersion > STORE_SCHEMA_VERSION) {
    return refuse('storage.schema', `${file} was written by a newer version; update this program.`)
  }
  return record.networkId === own
    ? ok(undefined)
    : refuse('genesis.mismatch', 'This home belongs to another network than the genesis document founds.')
}
