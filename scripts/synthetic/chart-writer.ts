import { Decimal, type Json } from './json-text.ts'
import type { Prng } from './prng.ts'
import { category, concept, type Term } from './vocabulary.ts'

export interface Visit {
  readonly encounter: Json
  /** RFC 3339 UTC, the minute the visit began. */
  readonly at: string
  readonly day: string
}

type Resource = { readonly [key: string]: Json | undefined }

/** Collects one patient's resources as entries of a transaction bundle. */
export interface ChartWriter {
  readonly prng: Prng
  readonly entries: Json[]
  readonly subject: Json
  readonly add: (resourceType: string, elements: Resource) => Json
}

export const createChartWriter = (prng: Prng): ChartWriter => {
  const entries: Json[] = []
  const addAs = (id: string, resourceType: string, elements: Resource): Json => {
    entries.push({
      fullUrl: `urn:uuid:${id}`,
      resource: { resourceType, id, ...elements },
      request: { method: 'POST', url: resourceType },
    })
    return { reference: `urn:uuid:${id}` }
  }
  const patientId = prng.uuid()
  return {
    prng,
    entries,
    subject: { reference: `urn:uuid:${patientId}` },
    add: (resourceType, elements) =>
      addAs(resourceType === 'Patient' ? patientId : prng.uuid(), resourceType, elements),
  }
}

export const quantity = (value: string, unit: string, code: string): Json => ({
  value: new Decimal(value),
  unit,
  system: 'http://unitsofmeasure.org',
  code,
})

export const addObservation = (
  chart: ChartWriter,
  visit: Visit,
  kind: 'laboratory' | 'vital-signs' | 'survey',
  code: Term,
  values: Resource,
): Json =>
  chart.add('Observation', {
    status: 'final',
    category: category('observation-category', kind),
    code: concept(code),
    subject: chart.subject,
    encounter: visit.encounter,
    effectiveDateTime: visit.at,
    issued: visit.at,
    ...values,
  })

export const addCondition = (chart: ChartWriter, visit: Visit, code: Term): Json =>
  chart.add('Condition', {
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
    },
    verificationStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-ver-status', code: 'confirmed' }],
    },
    category: category('condition-category', 'encounter-diagnosis'),
    code: concept(code),
    subject: chart.subject,
    encounter: visit.encounter,
    onsetDateTime: visit.day,
    recordedDate: visit.day,
  })

export const addPrescription = (chart: ChartWriter, visit: Visit, drug: Term, reason: Json): Json =>
  chart.add('MedicationRequest', {
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: concept(drug),
    subject: chart.subject,
    encounter: visit.encounter,
    authoredOn: visit.day,
    reasonReference: [reason],
    dosageInstruction: [
      { text: 'One a day', timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } } },
    ],
  })
