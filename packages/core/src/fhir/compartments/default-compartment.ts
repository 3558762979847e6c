import type { Compartment } from '../../access/compartments.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts'

const TYPES: readonly [Compartment, string][] = [
  [
    'medication',
    'Medication MedicationAdministration MedicationDispense MedicationKnowledge MedicationRequest MedicationStatement',
  ],
  ['laboratory', 'Specimen'],
  ['imaging', 'ImagingStudy Media'],
  ['genomics', 'MolecularSequence'],
  ['monitoring', 'Device DeviceMetric DeviceRequest DeviceUseStatement'],
  [
    'claims',
    `Account ChargeItem Claim ClaimResponse Coverage CoverageEligibilityRequest CoverageEligibilityResponse
    EnrollmentRequest EnrollmentResponse ExplanationOfBenefit InsurancePlan Invoice PaymentNotice
    PaymentReconciliation`,
  ],
]

const BY_TYPE: ReadonlyMap<string, Compartment> = new Map(
  TYPES.flatMap(([compartment, names]) =>
    names
      .trim()
      .split(/\s+/)
      .map((name): [string, Compartment] => [name, compartment]),
  ),
)

// Observation categories, HL7 v2 table 0074 (diagnostic service sections) and SNOMED request categories.
const CATEGORIES: readonly [Compartment, string][] = [
  ['genomics', 'GE CG genetics'],
  ['imaging', 'imaging RAD RX CT NMR NMS US RUS VUS CUS OUS XRC EC 363679005'],
  ['laboratory', 'laboratory LAB HM CH MB BLB SR TX VR VIR IMM CP SP PAT MCB MYC CY PAR TOX 108252007'],
  ['monitoring', 'activity remote-monitoring'],
]

const BY_CATEGORY: ReadonlyMap<string, Compartment> = new Map(
  CATEGORIES.flatMap(([compartment, codes]) =>
    codes.split(' ').map((code): [string, Compartment] => [code, compartment]),
  ),
)

export interface Assignment {
  readonly compartment: Compartment
  /** What decided, for a person to read: `type Claim`, `category laboratory`, `code <system>|<code>`, … */
  readonly rule: string
}

/** Where a resource goes by its type and category alone, before any sensitivity. */
export const defaultCompartment = (resource: JsonObject): Assignment => {
  const type = typeof resource.resourceType === 'string' ? resource.resourceType : ''
  const byType = BY_TYPE.get(type)
  if (byType !== undefined) return { compartment: byType, rule: `type ${type}` }
  for (const code of categoryCodes(resource.category)) {
    const compartment = BY_CATEGORY.get(code)
    if (compartment !== undefined) return { compartment, rule: `category ${code}` }
  }
  if (type === 'Observation' && resource.device !== undefined)
    return { compartment: 'monitoring', rule: 'device' }
  if (type === 'Observation' && resource.specimen !== undefined)
    return { compartment: 'laboratory', rule: 'specimen' }
  return { compartment: 'general', rule: `type ${type}` }
}

const categoryCodes = (category: JsonValue | undefined): string[] => {
  const concepts = isJsonArray(category) ? category : [category]
  return concepts.flatMap((concept) => {
    const codings = isJsonObject(concept) ? concept.coding : undefined
    if (!isJsonArray(codings)) return []
    return codings.flatMap((coding) =>
      isJsonObject(coding) && typeof coding.code === 'string' ? [coding.code] : [],
    )
  })
}
