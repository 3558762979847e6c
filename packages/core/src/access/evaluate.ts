import { equalBytes } from '../encoding/bytes.ts'
import type { AccessMode } from './access-mode.ts'
import { type DeclaredEmergency, rulingOfEmergency } from './emergency.ts'
import type { Grant } from './grant.ts'
import { type GuardianshipFacts, rulingOfGuardian } from './guardian.ts'
import { AUTHOR_PURPOSES, type Purpose, RESERVED_PURPOSES } from './purposes.ts'
import { type ScopeProof, verifyScopeProof } from './scope.ts'

export interface AccessQuestion {
  readonly actor: {
    readonly id: Uint8Array
    /** The actor itself when it is an institution, its sponsor when it is a person, none for a chart. */
    readonly institution: Uint8Array | undefined
    /** Whether what the institution may do in this mode, the actor may do for it. */
    readonly speaksForInstitution: boolean
    readonly isActive: boolean
  }
  readonly chart: Uint8Array
  /** The record asked for; absent when the question is about the whole chart. */
  readonly record:
    | {
        readonly id: Uint8Array
        readonly authorInstitution: Uint8Array
        /** Whether a programme under 42 CFR Part 2 wrote it. */
        readonly isPart2?: boolean
      }
    | undefined
  readonly purpose: Purpose
  readonly mode: AccessMode
  readonly timeMs: number
  readonly scopeProof: ScopeProof | undefined
  /** Whether a grant rests on a written consent with the elements of 42 CFR 2.31; none does by default. */
  readonly hasPart2Consent?: (grant: Grant) => boolean
  /** The actor's newest declaration for the chart, when the purpose is BTG and there is one. */
  readonly emergency?: DeclaredEmergency | undefined
  /** The actor's newest guardianship over the chart, if it ever had one. */
  readonly guardianship?: GuardianshipFacts | undefined
}

export interface AccessDecision {
  readonly outcome: 'permit' | 'deny'
  /** `permit`, or the refusal's stable code. */
  readonly code: string
  /** The rule that matched, in one sentence. */
  readonly rule: string
  readonly basis: 'owner' | 'author' | 'grant' | 'guardian' | 'emergency' | 'none'
  readonly grant: Grant | undefined
  /** The guardianship or the emergency that speaks, where the basis is one. */
  readonly reference?: Uint8Array | undefined
}

const permit = (basis: AccessDecision['basis'], rule: string, grant?: Grant): AccessDecision => ({
  outcome: 'permit',
  code: 'permit',
  rule,
  basis,
  grant,
})

const deny = (code: string, rule: string, grant?: Grant): AccessDecision => ({
  outcome: 'deny',
  code,
  rule,
  basis: grant ? 'grant' : 'none',
  grant,
})

const is = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a !== undefined && b !== undefined && equalBytes(a, b)

/** A permission reaches those who speak for its party; a deny reaches everyone who belongs to it. */
const isFor = (grant: Grant, { actor, purpose, mode }: AccessQuestion): boolean => {
  const reachesInstitution = grant.isDeny || actor.speaksForInstitution
  const isParty = (party: Uint8Array | undefined): boolean =>
    reachesInstitution && is(party, actor.institution)
  const isGrantee = is(grant.grantee, actor.id) || isParty(grant.grantee)
  if (mode !== 'read' || purpose !== 'HRESCH') return isGrantee
  return isParty(grant.broker) || (grant.isDeny && isGrantee)
}

const coversMode = (grant: Grant, mode: AccessMode): boolean =>
  mode === 'write' ? grant.mode !== 'read' : grant.mode !== 'write'

/** The reader brings the proof, so it can narrow a permission only: a deny covers every record. */
const coversRecord = (grant: Grant, { record, scopeProof, mode }: AccessQuestion): boolean => {
  if (grant.scopeDigest === undefined || grant.isDeny) return true
  if (mode === 'write' || record === undefined) return false
  return scopeProof !== undefined && verifyScopeProof(grant.scopeDigest, record.id, scopeProof)
}

const isReserved = (purpose: Purpose): boolean => (RESERVED_PURPOSES as readonly Purpose[]).includes(purpose)

const coversPurpose = (grant: Grant, { purpose, mode }: AccessQuestion): boolean =>
  mode === 'write' || (grant.purposes.includes(purpose) && (grant.isDeny || !isReserved(purpose)))

const isInForce = (grant: Grant, timeMs: number): boolean =>
  grant.revokedHeight === undefined && grant.fromMs <= timeMs && timeMs < grant.untilMs

/** The refusal that tells a party to ended or narrower grants why; the newest grant speaks. */
const explainRefusal = (candidates: readonly Grant[], question: AccessQuestion): AccessDecision => {
  const newest = [...candidates].sort((a, b) => b.grantedHeight - a.grantedHeight)
  const otherPurpose = newest.find((grant) => !grant.isDeny && isInForce(grant, question.timeMs))
  if (otherPurpose) return deny('consent.purpose', 'A grant is in force, for another purpose.', otherPurpose)
  const last = newest.find((grant) => !grant.isDeny)
  if (!last) return deny('consent.none', 'No grant matches: deny by default.')
  if (last.revokedHeight !== undefined) return deny('consent.revoked', 'The patient revoked the grant.', last)
  return question.timeMs < last.fromMs
    ? deny('consent.not-yet', 'The grant has not begun.', last)
    : deny('consent.expired', 'The grant has ended.', last)
}

const isAuthor = ({ actor, record, purpose, mode }: AccessQuestion): boolean =>
  mode === 'read' &&
  actor.speaksForInstitution &&
  is(record?.authorInstitution, actor.institution) &&
  (AUTHOR_PURPOSES as readonly Purpose[]).includes(purpose)

const evaluateGrants = (question: AccessQuestion, grants: readonly Grant[]): AccessDecision => {
  const candidates = grants.filter(
    (grant) => isFor(grant, question) && coversMode(grant, question.mode) && coversRecord(grant, question),
  )
  const applicable = candidates.filter(
    (grant) => isInForce(grant, question.timeMs) && coversPurpose(grant, question),
  )
  const dissent = applicable.find((grant) => grant.isDeny)
  if (dissent) return deny('consent.denied', 'The patient forbade this.', dissent)
  const isComplete = (grant: Grant): boolean =>
    question.record?.isPart2 !== true || question.hasPart2Consent?.(grant) === true
  const consent = applicable.find(isComplete)
  if (!consent && applicable[0])
    return deny('consent.part2', 'The consent lacks what 42 CFR 2.31 demands for this source.', applicable[0])
  if (!consent) return explainRefusal(candidates, question)
  return permit('grant', 'A grant of the patient is in force for this actor, purpose and scope.', consent)
}

/**
 * Decides one access from plain facts: owner, then author, then grants, where deny beats permit and the
 * default is deny; an emergency or a guardianship opens what no grant does. The grants are all those of the chart
 * that name the actor or its institution. Reading for HRESCH is the named broker's alone, and only of what it may
 * read for care anyway.
 */
export const evaluate = (question: AccessQuestion, grants: readonly Grant[]): AccessDecision => {
  const { actor, chart, mode, purpose } = question
  if (!actor.isActive) return deny('identity.suspended', 'The account is suspended or unknown.')
  if (is(actor.id, chart)) return permit('owner', 'The chart is the actor’s own.')
  if (isAuthor(question)) return permit('author', 'The actor’s institution wrote the record.')
  const byGrants = evaluateGrants(question, grants)
  const decision =
    rulingOfEmergency(question, byGrants.code) ?? rulingOfGuardian(question, byGrants.code) ?? byGrants
  if (decision.outcome === 'deny' || mode !== 'read' || purpose !== 'HRESCH') return decision
  const forCare = evaluate({ ...question, purpose: 'TREAT' }, grants)
  return forCare.outcome === 'permit'
    ? decision
    : deny('consent.none', 'The broker may not read the record for care.')
}
