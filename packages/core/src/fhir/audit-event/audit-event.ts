import { CODINGS, type Coding, PROFILE_BASE, PURPOSE_OF_USE } from './codings.ts'
import { base64FromText, type DisclosureEvent, type EventParty } from './disclosure-event.ts'

/** A FHIR R4 resource as JSON. */
export type FhirJson = { readonly [key: string]: FhirValue }
type FhirValue = string | boolean | number | FhirJson | readonly FhirValue[]

const asJson = (coding: Coding): FhirJson => ({ ...coding })
const concept = (coding: Coding): FhirJson => ({ coding: [asJson(coding)] })

export const DID_SYSTEM = 'urn:ietf:rfc:3986'

const referenceTo = (type: string, { did, name }: EventParty): FhirJson => ({
  type,
  identifier: { system: DID_SYSTEM, value: did },
  ...(name && { display: name }),
})

const network = ({ did }: EventParty): FhirJson => ({ address: did, type: '5' })

const purposeOf = ({ purpose }: DisclosureEvent): FhirJson =>
  concept({ system: PURPOSE_OF_USE, code: purpose })

const agentOf = (type: Coding, reference: FhirJson, isRequestor: boolean, more: FhirJson = {}): FhirJson => ({
  type: concept(type),
  who: reference,
  requestor: isRequestor,
  ...more,
})

/** The logging node as the profiles’ server, or source. */
const nodeAgent = (type: Coding, { node }: DisclosureEvent): FhirJson =>
  agentOf(type, referenceTo('Organization', node), false, { network: network(node) })

/** The reader’s program: known by the institution behind the reader, or the reader. */
const clientAgent = (type: Coding, { institution, actor }: DisclosureEvent): FhirJson => {
  const party = institution ?? actor
  return agentOf(type, referenceTo('Organization', party), false, { network: network(party) })
}

const userAgent = (event: DisclosureEvent): FhirJson =>
  agentOf(CODINGS.recipient, referenceTo('Practitioner', event.actor), true, {
    purposeOfUse: [purposeOf(event)],
  })

const patientEntity = ({ chart }: DisclosureEvent): FhirJson => ({
  what: referenceTo('Patient', { did: chart, name: undefined }),
  type: asJson(CODINGS.person),
  role: asJson(CODINGS.patient),
})

const recordEntity = (recordId: string): FhirJson => ({
  what: { identifier: { system: 'urn:medchain:record', value: recordId } },
  type: asJson(CODINGS.systemObject),
  role: asJson(CODINGS.domainResource),
})

interface Kind {
  readonly name: string
  readonly profile: string | undefined
  readonly type: Coding
  readonly subtypes: readonly Coding[]
  readonly action: string
  readonly outcome: string
  readonly agents: readonly FhirJson[]
  readonly entities: readonly FhirJson[]
}

const resourceOf = (event: DisclosureEvent, kind: Kind): FhirJson => ({
  resourceType: 'AuditEvent',
  id: `${event.id.slice(0, 40)}-${kind.name}`,
  ...(kind.profile && { meta: { profile: [`${PROFILE_BASE}${kind.profile}`] } }),
  type: asJson(kind.type),
  ...(kind.subtypes.length > 0 && { subtype: kind.subtypes.map(asJson) }),
  action: kind.action,
  recorded: event.recorded,
  outcome: kind.outcome,
  ...(kind.outcome !== '0' && { outcomeDesc: event.code }),
  purposeOfEvent: [purposeOf(event)],
  agent: kind.agents,
  source: { observer: referenceTo('Organization', event.node), type: [asJson(CODINGS.applicationServer)] },
  entity: kind.entities,
})

const reads = (event: DisclosureEvent): readonly FhirJson[] =>
  event.permitted.map((recordId, index) =>
    resourceOf(event, {
      name: `r${index}`,
      profile: 'IHE.BasicAudit.PatientRead',
      type: CODINGS.rest,
      subtypes: [CODINGS.read],
      action: 'R',
      outcome: '0',
      agents: [clientAgent(CODINGS.destination, event), nodeAgent(CODINGS.source, event), userAgent(event)],
      entities: [patientEntity(event), recordEntity(recordId)],
    }),
  )

/** A listing opens headers: a query about one patient. In queries the client is the source, of the question. */
const listing = (event: DisclosureEvent): FhirJson => {
  const question = `chart=${event.chart}&_id=${event.permitted.join(',')}`
  return resourceOf(event, {
    name: 'q',
    profile: 'IHE.BasicAudit.PatientQuery',
    type: CODINGS.rest,
    subtypes: [CODINGS.search],
    action: 'E',
    outcome: '0',
    agents: [clientAgent(CODINGS.source, event), nodeAgent(CODINGS.destination, event), userAgent(event)],
    entities: [
      patientEntity(event),
      {
        type: asJson(CODINGS.systemObject),
        role: asJson(CODINGS.query),
        query: base64FromText(question),
      },
    ],
  })
}

const decisionAgents = (event: DisclosureEvent): readonly FhirJson[] => [
  clientAgent(CODINGS.application, event),
  userAgent(event),
  agentOf(CODINGS.provider, referenceTo('Organization', event.institution ?? event.actor), false),
  agentOf(CODINGS.authorizationServer, referenceTo('Organization', event.node), false),
]

/** The decision by a grant: the profile wants the consent, so that without one none is claimed. */
const decision = (event: DisclosureEvent): FhirJson => {
  // A share of a key, or a look for charts, names no record.
  const isPermitted = event.permitted.length > 0 || event.code === 'permit'
  const { grantId } = event
  const consent = grantId && {
    what: { type: 'Consent', identifier: { system: 'urn:medchain:grant', value: grantId } },
    type: asJson(CODINGS.consent),
  }
  return resourceOf(event, {
    name: 'z',
    profile: consent ? 'IHE.BasicAudit.AuthZconsent' : undefined,
    type: CODINGS.securityAlert,
    subtypes: [CODINGS.authorizedByConsent],
    action: 'E',
    outcome: isPermitted ? '0' : '8',
    agents: decisionAgents(event),
    entities: [patientEntity(event), ...(consent ? [consent] : [])],
  })
}

const disclosure = (event: DisclosureEvent): FhirJson =>
  resourceOf(event, {
    name: 'd',
    profile: 'IHE.BasicAudit.PrivacyDisclosure.Source',
    type: CODINGS.export,
    subtypes: [CODINGS.disclose],
    action: 'R',
    outcome: '0',
    agents: [nodeAgent(CODINGS.source, event), clientAgent(CODINGS.destination, event), userAgent(event)],
    entities: [patientEntity(event), ...event.permitted.map(recordEntity)],
  })

/**
 * FHIR R4 AuditEvents of one log entry by the IHE Basic Audit Log Patterns: a PatientRead for each record, or a
 * PatientQuery for a listing; the decision where a grant spoke or something was refused; and a privacy disclosure
 * where it is to be accounted for. A profile is named only by what has all that it demands.
 */
export const auditEventsOf = (event: DisclosureEvent): readonly FhirJson[] => {
  const isOpened = event.permitted.length > 0
  const opened = isOpened ? (event.kind === 'list' ? [listing(event)] : reads(event)) : []
  const isDecided = event.grantId !== undefined || event.refused.length > 0 || !isOpened
  return [
    ...opened,
    ...(isDecided ? [decision(event)] : []),
    ...(isOpened && event.isAccounted ? [disclosure(event)] : []),
  ]
}
