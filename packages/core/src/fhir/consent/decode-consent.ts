import { ok, type Result, refuse } from '../../encoding/index.ts'
import { isJsonObject, type JsonObject } from '../json/value.ts'
import type { ConsentTerms } from './consent-terms.ts'
import {
  checkElements,
  codeOf,
  identifierOf,
  malformed,
  membersOf,
  readEach,
  textOf,
  unsupported,
} from './read-element.ts'
import { readProvision } from './read-provision.ts'
import { DISSENT_CODES, SYSTEMS } from './systems.ts'
import { termsFromProvision } from './terms-from-provision.ts'

/** Elements that change nothing of what is permitted. */
const ELEMENTS = [
  ...[
    'resourceType',
    'id',
    'meta',
    'language',
    'text',
    'identifier',
    'status',
    'scope',
    'category',
    'patient',
  ],
  ...[
    'dateTime',
    'performer',
    'organization',
    'sourceAttachment',
    'sourceReference',
    'policy',
    'verification',
  ],
  'provision',
]

/** Whether a category says that the base is a dissent. */
const readDissent = (resource: JsonObject): Result<boolean> => {
  const categories = membersOf(resource, 'category', 'Consent')
  if (!categories.ok) return categories
  const codings = categories.value.flatMap((category) => {
    const found = membersOf(category, 'coding', 'Consent.category')
    return found.ok ? found.value : []
  })
  return ok(
    codings.some(
      ({ system, code }) =>
        system === SYSTEMS.actCode && DISSENT_CODES.some((dissenting) => dissenting === code),
    ),
  )
}

const checkScope = (resource: JsonObject): Result<void> => {
  const scope = resource.scope
  const codings = isJsonObject(scope)
    ? membersOf(scope, 'coding', 'Consent.scope')
    : malformed('Consent.scope', 'it is missing.')
  if (!codings.ok) return codings
  const codes = readEach(codings.value, (coding, index) =>
    codeOf(coding, `Consent.scope.coding[${index}]`, SYSTEMS.scope),
  )
  if (!codes.ok) return codes
  return codes.value.includes('patient-privacy')
    ? ok(undefined)
    : unsupported('Consent.scope', 'only patient-privacy is about who may read.')
}

/** Who signed: the patient alone, where a performer is named at all. */
const checkPerformer = (resource: JsonObject, patient: string): Result<void> => {
  const performers = membersOf(resource, 'performer', 'Consent')
  if (!performers.ok) return performers
  const read = readEach(performers.value, (performer, index) => {
    const path = `Consent.performer[${index}]`
    const did = identifierOf(performer, path, SYSTEMS.uri)
    if (!did.ok) return did
    return did.value === patient ? did : unsupported(path, 'somebody else than the patient signed.')
  })
  return read.ok ? ok(undefined) : read
}

export interface ReadConsent {
  /** DID. */
  readonly patient: string
  readonly terms: readonly ConsentTerms[]
}

/**
 * The grants that an R4 Consent (IHE PCF) asks for: `consent.malformed` for what is no such resource,
 * `consent.inactive` for one that is not in force, `consent.unsupported` with the path of the first element that
 * grants cannot express exactly. Nothing of a refused Consent is to be granted.
 */
export const termsFromConsent = (resource: JsonObject): Result<ReadConsent> => {
  if (resource.resourceType !== 'Consent') return malformed('Consent', 'the resource is of another type.')
  const known = checkElements(resource, 'Consent', ELEMENTS)
  if (!known.ok) return known
  const status = textOf(resource.status)
  if (status !== 'active')
    return refuse('consent.inactive', `Consent.status is ${status ?? 'missing'}; only an active one grants.`)
  const scope = checkScope(resource)
  if (!scope.ok) return scope
  const patient = identifierOf(resource.patient, 'Consent.patient', SYSTEMS.uri)
  if (!patient.ok) return patient
  const performer = checkPerformer(resource, patient.value)
  if (!performer.ok) return performer
  const isDissent = readDissent(resource)
  if (!isDissent.ok) return isDissent
  if (!isJsonObject(resource.provision)) return malformed('Consent.provision', 'it is missing.')
  const provision = readProvision(resource.provision, 'Consent.provision')
  if (!provision.ok) return provision
  const terms = termsFromProvision(provision.value, isDissent.value)
  return terms.ok ? ok({ patient: patient.value, terms: terms.value }) : terms
}
