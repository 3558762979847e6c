import { hexFromBytes, ok, type Result } from '@medchain/core'
import type { NodePaths } from '../../config/index.ts'
import type { Logger } from '../../logger.ts'
import { StorageError, writeError } from '../storage-error.ts'
import { checkStoreRecord, STORE_FORMAT, type StoreRecord, writeStoreRecord } from '../store-record.ts'
import type { Migration } from './migration.ts'

/** One for each earlier format that this program still takes. */
const MIGRATIONS: readonly Migration[] = []

const stepFrom = (migrations: readonly Migration[], format: number): Migration => {
  const step = migrations.find(({ from }) => from === format)
  if (step) return step
  throw new StorageError('storage.old-format', `This program cannot read a store of format ${format}.`)
}

/** Carries out what lies between the store's format and `target`, one step after the other. */
export const migrate = async (
  paths: NodePaths,
  found: StoreRecord,
  { logger, migrations = MIGRATIONS, target = STORE_FORMAT }: MigrationOptions,
): Promise<void> => {
  let record = found
  while (record.format < target) {
    const step = stepFrom(migrations, record.format)
    const next = { ...record, format: step.from + 1 }
    try {
      await step.run(paths, record)
      await writeStoreRecord(paths, next)
    } catch (error) {
      throw writeError(paths.data, error)
    }
    logger.info(
      { from: record.format, to: next.format },
      `the store was brought to a newer format: ${step.does}`,
    )
    record = next
  }
}

export interface MigrationOptions {
  readonly logger: Logger
  readonly migrations?: readonly Migration[]
  readonly target?: number
}

/**
 * Brings the store of a home to the present format, or notes at its first start which network it belongs to. Refuses
 * like `checkStoreRecord`, before anything is changed. The home must be this process's alone.
 */
export const claimStore = async (
  paths: NodePaths,
  networkId: Uint8Array,
  { logger }: { readonly logger: Logger },
): Promise<Result<void>> => {
  const checked = await checkStoreRecord(paths, networkId)
  if (!checked.ok) return checked
  if (checked.value) await migrate(paths, checked.value, { logger })
  else await writeStoreRecord(paths, { format: STORE_FORMAT, networkId: hexFromBytes(networkId) })
  return ok(undefined)
}
