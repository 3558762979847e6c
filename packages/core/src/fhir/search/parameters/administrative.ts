const PERSON_ADDRESS = `
    address string address.line|address.city|address.district|address.state|address.postalCode|address.country|address.text
    address-city string address.city
    address-country string address.country
    address-postalcode string address.postalCode
    address-state string address.state
    address-use token address.use`

const PERSON = `${PERSON_ADDRESS}
    birthdate date birthDate
    email token telecom[email]
    gender token gender
    identifier token identifier
    name string name.family|name.given|name.prefix|name.suffix|name.text
    phone token telecom[phone]
    telecom token telecom`

// The line form of clinical.ts; `telecom[phone]` keeps the contact points of that system.
export const ADMINISTRATIVE_PARAMETERS: Readonly<Record<string, string>> = {
  Patient: `${PERSON}
    active token active
    death-date date deceasedDateTime
    deceased token deceasedBoolean
    family string name.family
    general-practitioner reference generalPractitioner
    given string name.given
    language token communication.language
    link reference link.other
    organization reference managingOrganization`,
  Practitioner: `${PERSON}
    active token active
    communication token communication
    family string name.family
    given string name.given`,
  RelatedPerson: `${PERSON}
    active token active
    patient reference patient
    relationship token relationship`,
  Organization: `${PERSON_ADDRESS}
    active token active
    endpoint reference endpoint
    identifier token identifier
    name string name|alias
    partof reference partOf
    type token type`,
  Location: `
    address string address.line|address.city|address.district|address.state|address.postalCode|address.country|address.text
    address-city string address.city
    address-country string address.country
    address-postalcode string address.postalCode
    address-state string address.state
    identifier token identifier
    name string name|alias
    operational-status token operationalStatus
    organization reference managingOrganization
    partof reference partOf
    status token status
    type token type`,
  PractitionerRole: `
    active token active
    date date period
    identifier token identifier
    location reference location
    organization reference organization
    practitioner reference practitioner
    role token code
    specialty token specialty`,
  Appointment: `
    actor reference participant.actor
    appointment-type token appointmentType
    date date start
    identifier token identifier
    patient reference:Patient participant.actor
    practitioner reference:Practitioner participant.actor
    reason-code token reasonCode
    service-type token serviceType
    specialty token specialty
    status token status`,
  Composition: `
    attester reference attester.party
    author reference author
    category token category
    confidentiality token confidentiality
    date date date
    encounter reference encounter
    identifier token identifier
    patient reference:Patient subject
    section token section.code
    status token status
    subject reference subject
    title string title
    type token type`,
  DocumentReference: `
    authenticator reference authenticator
    author reference author
    category token category
    contenttype token content.attachment.contentType
    custodian reference custodian
    date date date
    description string description
    encounter reference context.encounter
    event token context.event
    facility token context.facilityType
    format token content.format
    identifier token identifier|masterIdentifier
    language token content.attachment.language
    location uri content.attachment.url
    patient reference:Patient subject
    period date context.period
    related reference context.related
    security-label token securityLabel
    setting token context.practiceSetting
    status token status
    subject reference subject
    type token type`,
  EpisodeOfCare: `
    care-manager reference careManager
    condition reference diagnosis.condition
    date date period
    identifier token identifier
    organization reference managingOrganization
    patient reference patient
    status token status
    type token type`,
  Media: `
    based-on reference basedOn
    created date createdDateTime|createdPeriod
    device reference device
    encounter reference encounter
    identifier token identifier
    modality token modality
    operator reference operator
    patient reference:Patient subject
    site token bodySite
    status token status
    subject reference subject
    type token type
    view token view`,
  QuestionnaireResponse: `
    author reference author
    authored date authored
    based-on reference basedOn
    encounter reference encounter
    identifier token identifier
    part-of reference partOf
    patient reference:Patient subject
    questionnaire uri questionnaire
    source reference source
    status token status
    subject reference subject`,
  ResearchSubject: `
    date date period
    identifier token identifier
    individual reference individual
    patient reference individual
    status token status
    study reference study`,
  Task: `
    authored-on date authoredOn
    based-on reference basedOn
    business-status token businessStatus
    code token code
    encounter reference encounter
    focus reference focus
    identifier token identifier
    intent token intent
    modified date lastModified
    owner reference owner
    patient reference:Patient for
    performer token performerType
    period date executionPeriod
    priority token priority
    requester reference requester
    status token status
    subject reference for`,
}
