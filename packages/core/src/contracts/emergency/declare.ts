import {
  bytes,
  equalBytes,
  ok,
  optional,
  type Result,
  refuse,
  struct,
  uint,
  word,
} from '../../encoding/index.ts'
import type { ReadView, WriteView } from '../../state/view.ts'
import type { TransactionContext, TransactionKind } from '../contract.ts'
import { activeInstitution } from '../identity/enrol.ts'
import { accounts, positionKey } from '../identity/tables.ts'
import {
  awaitReview,
  countOfDay,
  countOneMore,
  DECLARATIONS_PER_INSTITUTION_MAX,
  DECLARATIONS_PER_PERSON_MAX,
  hasOverdueReview,
  noteUnconfirmed,
  REVIEW_MS,
  unconfirmedOfDay,
} from './limits.ts'
import {
  EMERGENCY_REASONS,
  type Emergency,
  type EmergencyReason,
  emergencies,
  emergencyChoices,
  emergencyCounts,
  emergencyIdOf,
  emergencyOrder,
  newestEmergency,
} from './tables.ts'

export const EMERGENCY_MS_MAX = 4 * 3_600_000
export const EMERGENCY_MS_MIN = 60_000
/** How long a declaration waits for the co-signer that it names. */
export const CO_SIGN_MS = 30 * 60_000

/** Roles of institutions whose practitioners treat patients whom they do not know. */
const CARE_ROLES: readonly string[] = ['hospital', 'pharmacy']

export interface EmergencyDeclaration {
  readonly chart: Uint8Array
  /** 16 random bytes. */
  readonly nonce: Uint8Array
  readonly reason: EmergencyReason
  readonly detailsDigest: Uint8Array
  readonly durationMs: number
  /** Who is to confirm it before it opens anything; undefined for somebody who is alone. */
  readonly coSigner: Uint8Array | undefined
}

/** The care institution of a practitioner in force; undefined for everybody else (BG4). */
export const clinicianInstitution = (view: ReadView, id: Uint8Array): Uint8Array | undefined => {
  const account = view.get(accounts, id)
  if (account?.role !== 'practitioner' || account.status !== 'active' || !account.sponsor) return undefined
  const institution = activeInstitution(view, account.sponsor)
  return institution && CARE_ROLES.includes(institution.role) ? account.sponsor : undefined
}

/** Whether the newest declaration for the chart still opens it, or may come to. */
export const isUnderWay = (
  view: ReadView,
  chart: Uint8Array,
  declarer: Uint8Array,
  timeMs: number,
): boolean => {
  const id = view.get(newestEmergency, chart, declarer)
  const newest = id && view.get(emergencies, id)
  return newest !== undefined && newest.closing === undefined && timeMs < newest.untilMs
}

/** Whether the co-signer may confirm one more on this day. */
export const checkCoSignersDay = (view: ReadView, coSigner: Uint8Array, timeMs: number): Result<void> =>
  countOfDay(view, coSigner, timeMs) >= DECLARATIONS_PER_PERSON_MAX
    ? refuse(
        'emergency.co-signer-limit',
        'The co-signer has reached the limit of this day: name another one.',
      )
    : ok(undefined)

/** Whom the rules demand as co-signer, and whether the one named will do (BG5). */
const checkCoSigner = (
  view: ReadView,
  { coSigner }: EmergencyDeclaration,
  { sender, timeMs }: TransactionContext,
  institution: Uint8Array,
): Result<void> => {
  const home = coSigner && clinicianInstitution(view, coSigner)
  if (coSigner && (!home || equalBytes(coSigner, sender)))
    return refuse('emergency.co-signer', 'A co-signer is another practitioner of a care institution.')
  if (!coSigner && hasOverdueReview(view, sender, timeMs))
    return refuse(
      'emergency.review-overdue',
      'A review of an earlier emergency is overdue: name a co-signer.',
    )
  const isOver =
    countOfDay(view, sender, timeMs) >= DECLARATIONS_PER_PERSON_MAX ||
    countOfDay(view, institution, timeMs) >= DECLARATIONS_PER_INSTITUTION_MAX
  if (isOver && (!home || equalBytes(home, institution)))
    return refuse(
      'emergency.limit',
      'The limit of this day is reached: name a co-signer of another institution.',
    )
  if (!coSigner) return ok(undefined)
  return unconfirmedOfDay(view, sender, timeMs) >= DECLARATIONS_PER_PERSON_MAX
    ? refuse(
        'emergency.unconfirmed',
        'Too many declarations of this day wait for a co-signer or did in vain: have one confirmed.',
      )
    : checkCoSignersDay(view, coSigner, timeMs)
}

const enter = (view: WriteView, party: Uint8Array, id: Uint8Array): void => {
  const count = view.get(emergencyCounts, party) ?? 0
  view.put(emergencyOrder, id, party, positionKey(count))
  view.put(emergencyCounts, count + 1, party)
}

/** Writes an emergency and names it to everybody who has a part in it. */
export const enterEmergency = (view: WriteView, id: Uint8Array, emergency: Emergency): void => {
  const { chart, institution, declarer, coSigner } = emergency
  view.put(emergencies, emergency, id)
  for (const party of [chart, institution, declarer]) enter(view, party, id)
  if (coSigner) enter(view, coSigner, id)
}

/** A practitioner opens one chart in an emergency, alone or with a co-signer who is still to confirm (BG4). */
export const declareEmergency: TransactionKind<EmergencyDeclaration> = {
  kind: 'emergency.declare',
  payload: struct<EmergencyDeclaration>({
    chart: bytes(32),
    nonce: bytes(16),
    reason: word(EMERGENCY_REASONS),
    detailsDigest: bytes(32),
    durationMs: uint(),
    coSigner: optional(bytes(32)),
  }),
  apply: (view, payload, context) => {
    const { chart, nonce, reason, detailsDigest, durationMs, coSigner } = payload
    const { sender, height, timeMs } = context
    const institution = clinicianInstitution(view, sender)
    if (!institution)
      return refuse(
        'emergency.not-clinician',
        'Only a practitioner of a care institution declares emergencies.',
      )
    if (!view.get(emergencyChoices, chart)?.isEligible)
      return refuse('emergency.opted-out', 'The patient does not leave this chart open to emergencies.')
    if (durationMs < EMERGENCY_MS_MIN || durationMs > EMERGENCY_MS_MAX)
      return refuse('emergency.duration', 'An emergency lasts between a minute and four hours.')
    if (isUnderWay(view, chart, sender, timeMs))
      return refuse('emergency.exists', 'An emergency of this declarer is under way for this chart.')
    const checked = checkCoSigner(view, payload, context, institution)
    if (!checked.ok) return checked
    const id = emergencyIdOf(sender, chart, nonce)
    if (view.get(emergencies, id))
      return refuse('emergency.exists', 'An emergency of that id exists already.')
    const emergency: Emergency = {
      chart,
      declarer: sender,
      institution,
      reason,
      detailsDigest,
      coSigner,
      durationMs,
      declaredMs: timeMs,
      declaredHeight: height,
      fromMs: coSigner ? undefined : timeMs,
      untilMs: timeMs + (coSigner ? CO_SIGN_MS : durationMs),
      closing: undefined,
      review: undefined,
    }
    enterEmergency(view, id, emergency)
    view.put(newestEmergency, id, chart, sender)
    countOneMore(view, sender, timeMs)
    if (coSigner) {
      // Whoever is named has done nothing yet: a name alone uses up nobody's day.
      noteUnconfirmed(view, sender, timeMs)
    } else {
      countOneMore(view, institution, timeMs)
      awaitReview(view, sender, id, timeMs + REVIEW_MS)
    }
    return ok([{ kind: 'emergency.declared', subjects: [chart, id, sender] }])
  },
}
