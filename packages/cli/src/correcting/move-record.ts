import { ERASED_RECORD_ID, equalBytes } from '@medchain/core'
import { fail } from '../command-error.ts'

/** What moving a record takes of the network. */
export interface MoveParts {
  /** The record sealed anew by an earlier run; `ERASED_RECORD_ID` when that was erased since. */
  readonly findCopy: () => Promise<Uint8Array | undefined>
  readonly isSuperseded: () => Promise<boolean>
  /** Reads the record, seals it to the other chart and anchors it there. */
  readonly copy: () => Promise<Uint8Array>
  /** Withdraws the record where it stood. */
  readonly withdraw: () => Promise<void>
}

/**
 * Moves a record: a copy first, then the withdrawal, so that it is never nowhere. Run again after an interruption it
 * goes on with the copy that is there. `isNew` says whether anything was left to do. `records.superseded` for a record
 * that its author withdrew or replaced without moving it, `import.erased` where the patient had the copy erased.
 */
export const moveRecord = async ({
  findCopy,
  isSuperseded,
  copy,
  withdraw,
}: MoveParts): Promise<{ readonly recordId: Uint8Array; readonly isNew: boolean }> => {
  const found = await findCopy()
  if (found && equalBytes(found, ERASED_RECORD_ID))
    return fail('import.erased', 'The record was moved, and the patient had it erased there.')
  const isDone = await isSuperseded()
  if (isDone && found) return { recordId: found, isNew: false }
  if (isDone) return fail('records.superseded', 'The record was replaced or withdrawn before, for good.')
  const recordId = found ?? (await copy())
  await withdraw()
  return { recordId, isNew: true }
}
