import type { GrantMode } from '../../access/grant.ts'
import { instantFromMs } from '../date-text.ts'
import type { JsonObject } from '../json/value.ts'
import type { ConsentScope, ConsentSet, ConsentTerms } from './consent-terms.ts'
import { POLICY_URI, SYSTEMS } from './systems.ts'

const identifier = (system: string, value: string): JsonObject => ({ identifier: { system, value } })

const concept = (system: string, code: string): JsonObject => ({ coding: [{ system, code }] })

/** PCF leaves `action` out; a consent to write would read as one to read without it. */
const PERMITTED: Readonly<Record<GrantMode, readonly string[]>> = {
  read: [],
  write: ['collect'],
  'read-write': ['collect', 'access'],
}

/** A prohibition without `action` forbids every one. */
const FORBIDDEN: Readonly<Record<GrantMode, readonly string[]>> = {
  read: ['access'],
  write: ['collect'],
  'read-write': [],
}

const actionOf = (codes: readonly string[]): JsonObject =>
  codes.length === 0 ? {} : { action: codes.map((code) => concept(SYSTEMS.action, code)) }

const dataOf = (scope: ConsentScope): JsonObject => {
  switch (scope.type) {
    case 'whole':
      return {}
    case 'records':
      return {
        data: scope.ids.map((id) => ({ meaning: 'instance', reference: identifier(SYSTEMS.record, id) })),
      }
    case 'dates':
      return {
        dataPeriod: {
          ...(scope.fromMs === undefined ? {} : { start: instantFromMs(scope.fromMs) }),
          // A Period holds its end; ours does not.
          ...(scope.untilMs === undefined ? {} : { end: instantFromMs(scope.untilMs - 1) }),
        },
      }
  }
}

const actor = (role: string, did: string): JsonObject => ({
  role: concept(SYSTEMS.participation, role),
  reference: identifier(SYSTEMS.uri, did),
})

const provisionOf = (terms: ConsentTerms, codes: readonly string[]): JsonObject => ({
  type: terms.isDeny ? 'deny' : 'permit',
  period: { start: instantFromMs(terms.fromMs), end: instantFromMs(terms.untilMs - 1) },
  actor: [actor('IRCP', terms.grantee), ...(terms.broker === undefined ? [] : [actor('CST', terms.broker)])],
  ...actionOf(codes),
  securityLabel: terms.compartments.map((code) => ({ system: SYSTEMS.compartment, code })),
  purpose: terms.purposes.map((code) => ({ system: SYSTEMS.purpose, code })),
  ...dataOf(terms.scope),
})

/**
 * One term is the root provision, a prohibition a dissent; several are exceptions of a base that denies and by
 * itself says nothing.
 */
const rootOf = (terms: readonly ConsentTerms[]): JsonObject => {
  const [first, second] = terms
  if (first === undefined) return { type: 'deny' }
  const ownActions = ({ mode, isDeny }: ConsentTerms) => (isDeny ? FORBIDDEN : PERMITTED)[mode]
  if (second === undefined) return provisionOf(first, ownActions(first))
  // What all share stands once, above; without it each prohibition says what it forbids.
  const shared = terms.every(({ mode }) => mode === first.mode) ? PERMITTED[first.mode] : []
  return {
    type: 'deny',
    ...actionOf(shared),
    provision: terms.map((each) => provisionOf(each, shared.length > 0 ? [] : ownActions(each))),
  }
}

/**
 * A set of grants as an R4 Consent after IHE PCF: scope, category, patient, dateTime, source, policy, provision,
 * exceptions one level deep. Terms of one set share their mode, but for prohibitions beside grants to read. What is
 * written, `termsFromConsent` reads.
 */
export const consentFromSet = ({ id, patient, status, givenMs, terms }: ConsentSet): JsonObject => {
  const isDissent = terms.length === 1 && terms[0]?.isDeny === true
  return {
    resourceType: 'Consent',
    // A FHIR id has 64 characters at most; 52 of base32 name 32 bytes.
    id,
    identifier: [{ system: SYSTEMS.grant, value: id }],
    status,
    scope: concept(SYSTEMS.scope, 'patient-privacy'),
    category: [concept(SYSTEMS.loinc, '59284-0'), ...(isDissent ? [concept(SYSTEMS.actCode, 'OPTOUT')] : [])],
    patient: identifier(SYSTEMS.uri, patient),
    dateTime: instantFromMs(givenMs),
    sourceReference: { type: 'DocumentReference', ...identifier(SYSTEMS.grant, id) },
    policy: [{ uri: POLICY_URI }],
    provision: rootOf(terms),
  }
}
