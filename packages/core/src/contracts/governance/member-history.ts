import { bool, bytes, equalBytes, list, struct, uint } from '../../encoding/index.ts'
import { table } from '../../state/table.ts'
import type { ReadView, WriteView } from '../../state/view.ts'
import { institutionsIn } from './genesis.ts'
import { memberOrder } from './tables.ts'

/** An institution that came or went: blocks from this height on are made by those who know. */
export interface MemberChange {
  readonly fromHeight: number
  readonly institution: Uint8Array
  readonly isPresent: boolean
}

/** All comings and goings since genesis, once there was one: who keeps a record follows from those at its time. */
export const memberChanges = table(
  'governance.member-changes',
  list(struct<MemberChange>({ fromHeight: uint(), institution: bytes(32), isPresent: bool }), 32_768),
)

const without = (ids: readonly Uint8Array[], others: readonly Uint8Array[]): readonly Uint8Array[] =>
  ids.filter((id) => !others.some((other) => equalBytes(id, other)))

/** Writes who is present, in the order of admission, from the block after `height` on. */
export const writeMemberOrder = (view: WriteView, order: readonly Uint8Array[], height: number): void => {
  const before = institutionsIn(view)
  const noted = (
    ids: readonly Uint8Array[],
    fromHeight: number,
    isPresent: boolean,
  ): readonly MemberChange[] => ids.map((institution) => ({ fromHeight, institution, isPresent }))
  const known = view.get(memberChanges) ?? noted(before, 0, true)
  const gone = noted(without(before, order), height + 1, false)
  const come = noted(without(order, before), height + 1, true)
  view.put(memberChanges, [...known, ...gone, ...come])
  view.put(memberOrder, order)
}

/** What was sealed under an older order than these has expired. */
const ORDERS_MAX = 3

/**
 * The institutions, in the order of admission, that a block of `height` knew, and behind them those of up to two changes
 * before: a batch may have been sealed just before a change. `present` is the order of now.
 */
export const memberOrdersAt = (
  changes: readonly MemberChange[] | undefined,
  present: readonly Uint8Array[],
  height: number,
): readonly (readonly Uint8Array[])[] => {
  if (!changes) return [present]
  const orders: (readonly Uint8Array[])[] = []
  let order: readonly Uint8Array[] = []
  let fromHeight: number | undefined
  for (const change of changes) {
    if (change.fromHeight > height) break
    if (fromHeight !== undefined && change.fromHeight !== fromHeight) orders.push(order)
    fromHeight = change.fromHeight
    order = change.isPresent ? [...order, change.institution] : without(order, [change.institution])
  }
  return [...orders, order].slice(-ORDERS_MAX).reverse()
}

export const memberOrdersIn = (view: ReadView, height: number): readonly (readonly Uint8Array[])[] =>
  memberOrdersAt(view.get(memberChanges), institutionsIn(view), height)
