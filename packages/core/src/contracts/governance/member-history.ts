import { bool, bytes, bytesFromUint, equalBytes, list, struct, uint } from '../../encoding/index.ts'
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

/** A page stays well below what one value of the state may have. */
const PAGE_CHANGES_MAX = 1024

/**
 * All comings and goings since genesis, once there was one, in pages by their number: who keeps a record follows from
 * those at its time.
 */
export const memberChanges = table(
  'governance.member-changes',
  list(
    struct<MemberChange>({ fromHeight: uint(), institution: bytes(32), isPresent: bool }),
    PAGE_CHANGES_MAX,
  ),
)

export const memberPageKey = (page: number): Uint8Array => bytesFromUint(page, 4)

/** Whether another page may follow this one. */
export const isFullPage = (changes: readonly MemberChange[]): boolean => changes.length === PAGE_CHANGES_MAX

/** Undefined where nobody has come or gone since genesis. */
export const memberChangesIn = (view: ReadView): readonly MemberChange[] | undefined => {
  const all: MemberChange[] = []
  for (let page = 0; ; page++) {
    const changes = view.get(memberChanges, memberPageKey(page))
    all.push(...(changes ?? []))
    if (changes === undefined || !isFullPage(changes)) return all.length > 0 ? all : undefined
  }
}

const append = (view: WriteView, added: readonly MemberChange[]): void => {
  let page = 0
  let changes = view.get(memberChanges, memberPageKey(page)) ?? []
  let rest = added
  while (rest.length > 0) {
    const room = PAGE_CHANGES_MAX - changes.length
    if (room > 0) view.put(memberChanges, [...changes, ...rest.slice(0, room)], memberPageKey(page))
    rest = rest.slice(room)
    page += 1
    changes = view.get(memberChanges, memberPageKey(page)) ?? []
  }
}

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
  const first = view.get(memberChanges, memberPageKey(0)) ? [] : noted(before, 0, true)
  const gone = noted(without(before, order), height + 1, false)
  const come = noted(without(order, before), height + 1, true)
  append(view, [...first, ...gone, ...come])
  view.put(memberOrder, order)
}

/** What was sealed under an older order than these has expired. */
const ORDERS_MAX = 3

/** Each order that ever held, with the first height of blocks that knew it. */
const ordersOf = (
  changes: readonly MemberChange[],
): readonly { readonly fromHeight: number; readonly order: readonly Uint8Array[] }[] => {
  const orders: { fromHeight: number; order: readonly Uint8Array[] }[] = []
  let order: readonly Uint8Array[] = []
  for (const { fromHeight, institution, isPresent } of changes) {
    order = isPresent ? [...order, institution] : without(order, [institution])
    if (orders.at(-1)?.fromHeight === fromHeight) orders.pop()
    orders.push({ fromHeight, order })
  }
  return orders
}

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
  const orders = ordersOf(changes).filter(({ fromHeight }) => fromHeight <= height)
  return orders
    .slice(-ORDERS_MAX)
    .reverse()
    .map(({ order }) => order)
}

/** The orders that came after `height`, oldest first: the last is that of now. */
export const memberOrdersAfter = (
  changes: readonly MemberChange[] | undefined,
  height: number,
): readonly (readonly Uint8Array[])[] =>
  ordersOf(changes ?? [])
    .filter(({ fromHeight }) => fromHeight > height)
    .map(({ order }) => order)

export const memberOrdersIn = (view: ReadView, height: number): readonly (readonly Uint8Array[])[] =>
  memberOrdersAt(memberChangesIn(view), institutionsIn(view), height)
