/** A FHIR Coding. */
export interface Coding {
  readonly system: string
  readonly code: string
  readonly display?: string
}

const DCM = 'http://dicom.nema.org/resources/ontology/DCM'
const EVENT_TYPE = 'http://terminology.hl7.org/CodeSystem/audit-event-type'
const RESTFUL = 'http://hl7.org/fhir/restful-interaction'
const ENTITY_TYPE = 'http://terminology.hl7.org/CodeSystem/audit-entity-type'
const OBJECT_ROLE = 'http://terminology.hl7.org/CodeSystem/object-role'

export const PURPOSE_OF_USE = 'http://terminology.hl7.org/CodeSystem/v3-ActReason'

export const PROFILE_BASE = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/'

// Codes of the IHE Basic Audit Log Patterns and of DICOM, spelled as they stand there.
export const CODINGS = {
  rest: { system: EVENT_TYPE, code: 'rest', display: 'Restful Operation' },
  read: { system: RESTFUL, code: 'read', display: 'read' },
  search: { system: RESTFUL, code: 'search-type', display: 'search-type' },
  export: { system: DCM, code: '110106', display: 'Export' },
  disclose: {
    system: 'http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle',
    code: 'disclose',
    display: 'Disclose Record Lifecycle Event',
  },
  securityAlert: { system: DCM, code: '110113', display: 'Security Alert' },
  authorizedByConsent: {
    system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType',
    code: 'AuthZ-Consent',
    display: 'Authorization Decision using Roles and Consent',
  },
  application: { system: DCM, code: '110150', display: 'Application' },
  destination: { system: DCM, code: '110152', display: 'Destination Role ID' },
  source: { system: DCM, code: '110153', display: 'Source Role ID' },
  recipient: {
    system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
    code: 'IRCP',
    display: 'information recipient',
  },
  provider: {
    system: 'http://terminology.hl7.org/CodeSystem/v3-RoleClass',
    code: 'PROV',
    display: 'healthcare provider',
  },
  authorizationServer: {
    system: 'http://terminology.hl7.org/CodeSystem/extra-security-role-type',
    code: 'authserver',
    display: 'authorization server',
  },
  person: { system: ENTITY_TYPE, code: '1', display: 'Person' },
  systemObject: { system: ENTITY_TYPE, code: '2', display: 'System Object' },
  patient: { system: OBJECT_ROLE, code: '1', display: 'Patient' },
  domainResource: { system: OBJECT_ROLE, code: '4', display: 'Domain Resource' },
  query: { system: OBJECT_ROLE, code: '24', display: 'Query' },
  consent: { system: 'http://hl7.org/fhir/resource-types', code: 'Consent', display: 'Consent' },
  applicationServer: {
    system: 'http://terminology.hl7.org/CodeSystem/security-source-type',
    code: '4',
    display: 'Application Server',
  },
  author: {
    system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type',
    code: 'author',
    display: 'Author',
  },
} as const satisfies Readonly<Record<string, Coding>>
