import { type Compartment, ERASED_RECORD_ID, equalBytes } from '@medchain/core'
import { fail } from '../command-error.ts'

/** A record sealed anew, and where it stands. */
export interface MovedCopy {
  readonly recordId: Uint8Array
  readonly compartment: Compartment
}

/** What moving a record takes of the network. */
export interface MoveParts {
  /** What an earlier run made, whichever compartment it was asked for; `ERASED_RECORD_ID` when that was erased since. */
  readonly findCopy: () => Promise<MovedCopy | undefined>
  readonly isSuperseded: () => Promise<boolean>
  /** Reads the record, seals it to the other chart and anchors it there. */
  readonly copy: () => Promise<MovedCopy>
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
}: MoveParts): Promise<MovedCopy & { readonly isNew: boolean }> => {
  const found = await findCopy()
  if (found && equalBytes(found.recordId, ERASED_RECORD_ID))
    return fail('import.erased', 'The record was moved, and the patient had it erased there.')
  const isDone = await isSuperseded()
  if (isDone && found) return { ...found, isNew: false }
  if (isDone) return fail('records.superseded', 'The record was replaced or withdrawn before, for good.')
  const made = found ?? (await copy())
  await withdraw()
  return { ...made, isNew: true }
}
