import { createTurnoverMap } from '../collections/index.ts'
import type { PendingTransaction } from '../contracts/execute.ts'
import { nameFromBytes, ok, type Refusal, type Result, refuse } from '../encoding/index.ts'

export interface MempoolLimits {
  readonly transactionsMax: number
  readonly sizeBytesMax: number
  readonly perAccountMax: number
  readonly perInstitutionMax: number
  readonly perInstitutionSizeBytesMax: number
}

export interface MempoolEntry {
  readonly pending: PendingTransaction
  /** Account id of the institution that answers for the sender. */
  readonly institution: Uint8Array
  /** Wall clock of this node, in ms. */
  readonly arrivedMs: number
  /** Handed in here, so that this node spreads it until it is committed. */
  readonly isOwn: boolean
}

/** What an assembler says of an entry: in the block, out of the mempool, not this time, or nothing more this time. */
export type Choice =
  | { readonly type: 'take' }
  | { readonly type: 'end' }
  | { readonly type: 'skip' }
  | { readonly type: 'drop'; readonly refusal: Refusal }

export interface Budget {
  readonly transactions: number
  readonly sizeBytes: number
}

export interface DroppedTransaction {
  readonly entry: MempoolEntry
  readonly refusal: Refusal
}

export interface Mempool {
  /** By the name of its id (`nameFromBytes`). */
  readonly has: (name: string) => boolean
  readonly pendingOf: (wireHash: Uint8Array) => PendingTransaction | undefined
  /**
   * Takes the entry in, or refuses: `tx.repeated` for good; `mempool.full`, `mempool.account-busy` or
   * `mempool.institution-busy` for now (`isBusy`).
   */
  readonly add: (entry: MempoolEntry) => Result<void>
  /** What `add` would say of it, for who has to spend something on the entry before. */
  readonly check: (entry: MempoolEntry) => Result<void>
  /** Round robin over senders, those first whose last turn is the longest ago; drops what `choose` says. */
  readonly select: (
    budget: Budget,
    choose: (entry: MempoolEntry) => Choice,
  ) => { readonly taken: readonly MempoolEntry[]; readonly dropped: readonly DroppedTransaction[] }
  /** By the name of its id. */
  readonly remove: (name: string) => void
  /** Whether `room` transactions wait, and among them the institution's share: as many as of each other one that has any. */
  readonly isCrowded: (institution: Uint8Array, room: number) => boolean
  /** Lets go of what can no longer stand in a block after `timeMs` of block time. */
  readonly expire: (timeMs: number) => readonly DroppedTransaction[]
  /** In the order of arrival. */
  readonly entries: () => Iterable<MempoolEntry>
  readonly size: () => { readonly transactions: number; readonly sizeBytes: number }
}

/** Codes that mean «not now»: the same bytes may be handed in again later. */
export const isBusy = (code: string): boolean => code.startsWith('mempool.')

const countIn = (counts: Map<string, number>, name: string, step: number): void => {
  const count = (counts.get(name) ?? 0) + step
  if (count > 0) counts.set(name, count)
  else counts.delete(name)
}

type Queue = readonly MempoolEntry[]

/** The senders' queues, a transaction of each in turn. */
function* roundRobin(queues: Iterable<Queue>): Generator<MempoolEntry> {
  let left = queues
  for (let turn = 0; ; turn++) {
    const longer: Queue[] = []
    for (const queue of left) {
      yield queue[turn] as MempoolEntry
      if (queue.length > turn + 1) longer.push(queue)
    }
    if (longer.length === 0) return
    left = longer
  }
}

/** Transactions that wait for a block: bounded by number, bytes, account and institution. */
export const createMempool = (limits: MempoolLimits): Mempool => {
  const entries = createTurnoverMap<string, MempoolEntry>()
  const wires = createTurnoverMap<string, PendingTransaction>()
  /** Each queue in the order of arrival. */
  const senders = createTurnoverMap<string, MempoolEntry[]>()
  const institutions = new Map<string, number>()
  const institutionSizes = new Map<string, number>()
  let sizeBytes = 0

  const check = ({ pending, institution }: MempoolEntry): Result<void> => {
    const { names } = pending
    if (entries.has(names.txId))
      return refuse('tx.repeated', 'This transaction is already waiting for a block.')
    if (entries.size >= limits.transactionsMax || sizeBytes + pending.bytes.length > limits.sizeBytesMax) {
      return refuse('mempool.full', 'This node has too many transactions waiting; try again in a moment.')
    }
    if ((senders.get(names.sender)?.length ?? 0) >= limits.perAccountMax) {
      return refuse(
        'mempool.account-busy',
        'This account has too many transactions waiting; try again in a moment.',
      )
    }
    const institutionName = nameFromBytes(institution)
    const institutionSizeBytes = (institutionSizes.get(institutionName) ?? 0) + pending.bytes.length
    if (
      (institutions.get(institutionName) ?? 0) >= limits.perInstitutionMax ||
      institutionSizeBytes > limits.perInstitutionSizeBytesMax
    ) {
      return refuse(
        'mempool.institution-busy',
        'This institution has too many transactions waiting; try again in a moment.',
      )
    }
    return ok(undefined)
  }

  const add = (entry: MempoolEntry): Result<void> => {
    const checked = check(entry)
    if (!checked.ok) return checked
    const { pending, institution } = entry
    const { names } = pending
    const queue = senders.get(names.sender)
    entries.set(names.txId, entry)
    wires.set(names.wireHash, pending)
    if (queue) queue.push(entry)
    else senders.set(names.sender, [entry])
    const institutionName = nameFromBytes(institution)
    countIn(institutions, institutionName, 1)
    countIn(institutionSizes, institutionName, pending.bytes.length)
    sizeBytes += pending.bytes.length
    return ok(undefined)
  }

  const isCrowded = (institution: Uint8Array, room: number): boolean =>
    entries.size >= room && (institutions.get(nameFromBytes(institution)) ?? 0) * institutions.size >= room

  const remove = (name: string): void => {
    const entry = entries.get(name)
    if (entry === undefined) return
    const { sender, wireHash } = entry.pending.names
    const queue = senders.get(sender)
    entries.delete(name)
    wires.delete(wireHash)
    queue?.splice(queue.indexOf(entry), 1)
    // Whoever had a turn stands behind the others: who always has more waiting keeps nobody out.
    senders.delete(sender)
    if (queue && queue.length > 0) senders.set(sender, queue)
    const institutionName = nameFromBytes(entry.institution)
    countIn(institutions, institutionName, -1)
    countIn(institutionSizes, institutionName, -entry.pending.bytes.length)
    sizeBytes -= entry.pending.bytes.length
  }

  const select: Mempool['select'] = (budget, choose) => {
    const taken: MempoolEntry[] = []
    const dropped: DroppedTransaction[] = []
    let bytesLeft = budget.sizeBytes
    for (const entry of roundRobin(senders.values())) {
      if (taken.length >= budget.transactions) break
      if (entry.pending.bytes.length > bytesLeft) continue
      const choice = choose(entry)
      if (choice.type === 'end') break
      if (choice.type === 'drop') dropped.push({ entry, refusal: choice.refusal })
      if (choice.type !== 'take') continue
      taken.push(entry)
      bytesLeft -= entry.pending.bytes.length
    }
    for (const { entry } of dropped) remove(entry.pending.names.txId)
    return { taken, dropped }
  }

  const expire = (timeMs: number): readonly DroppedTransaction[] => {
    const dropped: DroppedTransaction[] = []
    for (const entry of entries.values()) {
      if (entry.pending.transaction.body.expiryMs > timeMs) continue
      dropped.push({ entry, refusal: refuse('tx.expired', 'The transaction has expired.') })
    }
    for (const { entry } of dropped) remove(entry.pending.names.txId)
    return dropped
  }

  return {
    has: (name) => entries.has(name),
    pendingOf: (wireHash) => wires.get(nameFromBytes(wireHash)),
    add,
    check,
    isCrowded,
    select,
    remove,
    expire,
    entries: () => entries.values(),
    size: () => ({ transactions: entries.size, sizeBytes }),
  }
}
