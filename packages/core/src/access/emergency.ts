import type { AccessMode } from './access-mode.ts'
import type { Purpose } from './purposes.ts'

/** The newest declaration of the actor for the chart, as committed state has it. */
export interface DeclaredEmergency {
  readonly id: Uint8Array
  /** Block time from which it opens; undefined while it waits for its co-signer. */
  readonly fromMs: number | undefined
  /** Block time at which it ends by itself. */
  readonly untilMs: number
  readonly isClosed: boolean
  /** Whether the patient leaves the chart open to emergencies now. */
  readonly isEligible: boolean
}

interface EmergencyQuestion {
  readonly purpose: Purpose
  readonly mode: AccessMode
  readonly timeMs: number
  readonly emergency?: DeclaredEmergency | undefined
}

interface EmergencyRuling {
  readonly outcome: 'permit' | 'deny'
  readonly code: string
  readonly rule: string
  readonly basis: 'emergency'
  readonly grant: undefined
  /** The emergency. */
  readonly reference: Uint8Array
}

const refusalOf = (
  { fromMs, untilMs, isClosed, isEligible }: DeclaredEmergency,
  timeMs: number,
): readonly [code: string, rule: string] | undefined => {
  if (!isEligible)
    return ['emergency.opted-out', 'The patient does not leave this chart open to emergencies.']
  if (isClosed) return ['emergency.closed', 'The emergency was closed.']
  if (timeMs >= untilMs) return ['emergency.expired', 'The emergency has ended.']
  return fromMs !== undefined && fromMs <= timeMs
    ? undefined
    : ['emergency.awaiting', 'The emergency waits for its co-signer.']
}

/**
 * What a declared emergency decides (BG6): reading for BTG by whoever declared it, while it is in force. Undefined
 * where it does not speak: for another purpose, for writing, for who declared none, and where the patient forbade
 * BTG (`codeByGrants`).
 */
export const rulingOfEmergency = (
  { purpose, mode, timeMs, emergency }: EmergencyQuestion,
  codeByGrants: string,
): EmergencyRuling | undefined => {
  if (purpose !== 'BTG' || mode !== 'read' || !emergency || codeByGrants === 'consent.denied')
    return undefined
  const refused = refusalOf(emergency, timeMs)
  const [code, rule] = refused ?? ['permit', 'An emergency that the actor declared is in force.']
  const outcome = refused ? 'deny' : 'permit'
  return { outcome, code, rule, basis: 'emergency', grant: undefined, reference: emergency.id }
}
