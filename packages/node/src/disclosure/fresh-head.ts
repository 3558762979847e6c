import { type DeclaredEmergency, type DisclosureStatement, ok, type Result } from '@medchain/core'
import { awaitState } from '../requests/await-state.ts'
import type { Head, PrivacyPorts } from '../requests/ports.ts'
import { refuseDisclosure } from './codes.ts'

/** A decision needs a head that is at most this old by the wall clock. */
export const HEAD_AGE_MS_MAX = 30_000

/** Care goes on for this long while the chain stands still (D8). */
export const HALT_MS_MAX = 24 * 60 * 60 * 1000

type Ports = Pick<PrivacyPorts, 'chain' | 'clock'>

/** The head that a statement is decided on. */
export interface DecisionHead extends Head {
  /** How old it is, where that is more than 30 s; undefined for a fresh one. */
  readonly staleMs: number | undefined
  /** What the actor declared to this node, where the chain stands still: it speaks in place of the chain (BG12). */
  readonly inHalt?: DeclaredEmergency | undefined
}

/** What the actor declared to this node while the chain stands still. */
export type DeclaredInHalt = (chart: Uint8Array, actor: Uint8Array) => DeclaredEmergency | undefined

const tooOld = (ageMs: number) => refuseDisclosure('disclosure.stale', `head is ${ageMs} ms old`)

/** The head, once it is at `minHeight` (waited for, at most 2 s); `disclosure.stale` below it. */
const headAbove = async (ports: Ports, minHeight: number): Promise<Result<DecisionHead>> => {
  await awaitState(ports, () => ports.chain.head().height >= minHeight)
  const head = ports.chain.head()
  if (head.height < minHeight) return refuseDisclosure('disclosure.stale', `at height ${head.height}`)
  const ageMs = ports.clock.wallMs() - head.timeMs
  return ok({ ...head, staleMs: ageMs > HEAD_AGE_MS_MAX ? ageMs : undefined })
}

/** The head at `minHeight` or above, if it is fresh; `disclosure.stale` otherwise. */
export const freshHead = async (ports: Ports, minHeight: number): Promise<Result<DecisionHead>> => {
  const head = await headAbove(ports, minHeight)
  return head.ok && head.value.staleMs !== undefined ? tooOld(head.value.staleMs) : head
}

/** The head, however old up to a day: that of a chain that stands still, or a fresh one. `disclosure.stale` otherwise. */
export const borneHead = async (ports: Ports, minHeight: number): Promise<Result<DecisionHead>> => {
  const head = await headAbove(ports, minHeight)
  const isTooOld = head.ok && head.value.staleMs !== undefined && head.value.staleMs > HALT_MS_MAX
  return isTooOld ? tooOld(head.value.staleMs as number) : head
}

/**
 * The head for one statement: a fresh one, and for care, or for an emergency that two clinicians declared to this node
 * in the halt, also one that is at most a day old, for as long as the chain stands still (D8, BG12). `disclosure.stale`
 * otherwise.
 */
export const headFor = async (
  ports: Ports,
  { minHeight, purpose, chart, actor }: DisclosureStatement,
  declaredInHalt: DeclaredInHalt,
): Promise<Result<DecisionHead>> => {
  const declared = purpose === 'BTG' ? declaredInHalt(chart, actor) : undefined
  const mayBeOld = purpose === 'TREAT' || declared !== undefined
  const head = await (mayBeOld ? borneHead : freshHead)(ports, minHeight)
  // Once blocks come again the chain alone speaks.
  return head.ok && head.value.staleMs !== undefined ? ok({ ...head.value, inHalt: declared }) : head
}
