/** Code systems and identifiers that a Consent names things by. */
export const SYSTEMS = {
  scope: 'http://terminology.hl7.org/CodeSystem/consentscope',
  loinc: 'http://loinc.org',
  actCode: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  purpose: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  participation: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
  action: 'http://terminology.hl7.org/CodeSystem/consentaction',
  uri: 'urn:ietf:rfc:3986',
  compartment: 'urn:medchain:compartment',
  record: 'urn:medchain:record',
  grant: 'urn:medchain:grant',
} as const

/** The default of the network: nobody reads without a consent. */
export const POLICY_URI = 'urn:medchain:policy:deny-by-default'

/** Codes of `Consent.category` by which a base that denies is meant as a dissent. */
export const DISSENT_CODES = ['OPTOUT', 'OPTOUTE'] as const
