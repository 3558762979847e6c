import { healedHoldersOf, hexFromBytes, type MemberHistory, splitRecordId } from '@medchain/core'
import type { HolderFault } from './read-request.ts'

export const RECORDS_PER_STATEMENT_MAX = 200

/** A record that is still to be read, with the members of its holder sets. */
export interface PendingRecord {
  readonly recordId: Uint8Array
  readonly holders: { readonly ciphertext: readonly Uint8Array[]; readonly release: readonly Uint8Array[] }
  /** Holders that failed so far; each is asked once. */
  readonly faults: HolderFault[]
}

/** Records that go into one statement. */
export interface StatementGroup {
  readonly ciphertextHolder: Uint8Array
  readonly releaseHolder: Uint8Array
  readonly records: PendingRecord[]
}

export const pendingRecord = (
  recordId: Uint8Array,
  history: MemberHistory,
  height: number,
  author: Uint8Array | undefined,
): PendingRecord => ({
  recordId,
  holders: healedHoldersOf(splitRecordId(recordId).batchId, history, height, author).ever,
  faults: [],
})

/** The holder to ask next on one side; undefined when all were tried. Unreachable ones come last. */
export const nextHolder = (
  record: PendingRecord,
  side: 'ciphertext' | 'release',
  unreachable: ReadonlySet<string>,
): Uint8Array | undefined => {
  const tried = new Set(
    record.faults.filter(({ leg }) => leg === side).map(({ holder }) => hexFromBytes(holder)),
  )
  const left = record.holders[side].filter((holder) => !tried.has(hexFromBytes(holder)))
  return left.find((holder) => !unreachable.has(hexFromBytes(holder))) ?? left[0]
}

/** Records with the same pair of next holders together, at most 200 in a group. */
export const groupByHolders = (
  records: readonly PendingRecord[],
  unreachable: ReadonlySet<string>,
): StatementGroup[] => {
  const open = new Map<string, StatementGroup>()
  const groups: StatementGroup[] = []
  for (const record of records) {
    const ciphertextHolder = nextHolder(record, 'ciphertext', unreachable)
    const releaseHolder = nextHolder(record, 'release', unreachable)
    if (!ciphertextHolder || !releaseHolder) continue
    const name = `${hexFromBytes(ciphertextHolder)} ${hexFromBytes(releaseHolder)}`
    let group = open.get(name)
    if (!group || group.records.length >= RECORDS_PER_STATEMENT_MAX) {
      group = { ciphertextHolder, releaseHolder, records: [] }
      open.set(name, group)
      groups.push(group)
    }
    group.records.push(record)
  }
  return groups
}
