import { equalBytes, ok, type Result, refuse } from '../../encoding/index.ts'
import type { ReadView } from '../../state/view.ts'
import type { TransactionContext, TransactionKind } from '../contract.ts'
import { activeInstitution } from '../identity/enrol.ts'
import { heldSigningKey } from '../identity/held-keys.ts'
import { accounts, charts } from '../identity/tables.ts'
import { EMERGENCY_MS_MAX, enterEmergency, isUnderWay } from './declare.ts'
import {
  anchoredDeclarations,
  type HaltedDeclaration,
  haltedDeclarationId,
  haltedDeclarationMessage,
  type SignedHaltedDeclaration,
  signedHaltedDeclarationSchema,
} from './halted.ts'
import {
  awaitReview,
  countOfDay,
  countOneMore,
  DECLARATIONS_PER_INSTITUTION_MAX,
  DECLARATIONS_PER_PERSON_MAX,
  REVIEW_MS,
} from './limits.ts'
import { type Emergency, emergencies, newestEmergency } from './tables.ts'

/** Who enrolled a practitioner, in force or not: a suspension that came afterwards hides nothing. */
const sponsorOf = (view: ReadView, id: Uint8Array): Uint8Array | undefined => {
  const account = view.get(accounts, id)
  return account?.role === 'practitioner' ? account.sponsor : undefined
}

/** The declarer's institution, if the declaration can be true of this chain. */
const institutionOf = (
  view: ReadView,
  declaration: HaltedDeclaration,
  { networkId, height }: TransactionContext,
): Result<Uint8Array> => {
  const { declarer, coSigner, chart, durationMs } = declaration
  const institution = sponsorOf(view, declarer)
  const other = sponsorOf(view, coSigner)
  const areTwo = institution && other && equalBytes(institution, other) && !equalBytes(declarer, coSigner)
  const isPlausible =
    equalBytes(declaration.networkId, networkId) &&
    declaration.height < height &&
    durationMs <= EMERGENCY_MS_MAX &&
    view.get(charts, chart) !== undefined
  return areTwo && isPlausible
    ? ok(institution)
    : refuse('emergency.halted', 'That is no declaration of two practitioners of one institution.')
}

const hasReachedLimit = (
  view: ReadView,
  { declarer, coSigner }: HaltedDeclaration,
  institution: Uint8Array,
  timeMs: number,
): boolean =>
  countOfDay(view, institution, timeMs) >= DECLARATIONS_PER_INSTITUTION_MAX ||
  [declarer, coSigner].some((party) => countOfDay(view, party, timeMs) >= DECLARATIONS_PER_PERSON_MAX)

/**
 * An institution brings onto the chain what was declared while it stood still (BG13). It opens nothing: what began in the
 * halt has ended by then, and is noticed, counted and reviewed. No later choice refuses it, and no limit
 * unless the declarer's own institution brings it.
 */
export const anchorEmergency: TransactionKind<SignedHaltedDeclaration> = {
  kind: 'emergency.anchor',
  payload: signedHaltedDeclarationSchema,
  statements: (view, { declaration, byDeclarer, byCoSigner }) => {
    const message = haltedDeclarationMessage(declaration)
    const parties = [
      { id: declaration.declarer, ...byDeclarer },
      { id: declaration.coSigner, ...byCoSigner },
    ]
    if (!parties.every(({ id, signingKey }) => heldSigningKey(view, id, signingKey)))
      return refuse('emergency.halted', 'That is no declaration of two practitioners of one institution.')
    return ok(parties.map(({ signingKey, signature }) => ({ publicKey: signingKey, message, signature })))
  },
  apply: (view, { declaration }, context) => {
    const { sender, height, timeMs } = context
    if (!activeInstitution(view, sender))
      return refuse('emergency.not-institution', 'Only an institution anchors a declaration.')
    const known = institutionOf(view, declaration, context)
    if (!known.ok) return known
    // One institution alone, without anybody who acted on them, fills no patient's notices with declarations.
    if (equalBytes(sender, known.value) && hasReachedLimit(view, declaration, known.value, timeMs))
      return refuse('emergency.limit', 'The limit of this day is reached: another institution brings it.')
    const { chart, declarer, coSigner, reason, detailsDigest, durationMs } = declaration
    const id = haltedDeclarationId(declaration)
    if (view.get(emergencies, id))
      return refuse('emergency.exists', 'An emergency of that id exists already.')
    const fromMs = Math.min(declaration.timeMs, timeMs)
    const emergency: Emergency = {
      chart,
      declarer,
      institution: known.value,
      reason,
      detailsDigest,
      coSigner,
      durationMs,
      declaredMs: fromMs,
      declaredHeight: height,
      fromMs,
      untilMs: Math.min(fromMs + durationMs, timeMs),
      closing: undefined,
      review: undefined,
    }
    // One that the declarer has declared since the halt goes on.
    if (!isUnderWay(view, chart, declarer, timeMs)) view.put(newestEmergency, id, chart, declarer)
    enterEmergency(view, id, emergency)
    view.put(
      anchoredDeclarations,
      { by: sender, declaredHeight: declaration.height, declaredMs: declaration.timeMs, height, timeMs },
      id,
    )
    for (const party of [declarer, coSigner, known.value]) countOneMore(view, party, timeMs)
    awaitReview(view, declarer, id, fromMs + REVIEW_MS)
    return ok([{ kind: 'emergency.declared', subjects: [chart, id, declarer] }])
  },
}
