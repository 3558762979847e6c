import {
  addCondition,
  addObservation,
  addPrescription,
  type ChartWriter,
  createChartWriter,
  quantity,
  type Visit,
} from './chart-writer.ts'
import { Decimal, type Json, jsonText } from './json-text.ts'
import { createPrng } from './prng.ts'
import * as words from './vocabulary.ts'

export interface SyntheticPatient {
  readonly seed: number
  readonly name: string
  readonly given: string
  readonly family: string
  readonly fileName: string
  readonly resources: number
  /** A FHIR R4 transaction bundle, the same text for the same seed. */
  readonly bundleText: string
}

const pad = (value: number): string => String(value).padStart(2, '0')

/**
 * An invented patient. The seed decides everything; who has what follows from it, so that counts over a range
 * of seeds are known: hypertension unless seed mod 5 = 0, diabetes if seed mod 3 = 1, depression if seed is odd,
 * alcohol dependence if seed mod 4 = 1. Over seeds 1 to 15 that is 12, 5, 8 and 4 patients.
 */
export const generatePatient = (seed: number): SyntheticPatient => {
  const prng = createPrng(seed)
  const chart = createChartWriter(prng)
  const gender = prng.pick(['female', 'male'] as const)
  const { given, family } = nameOf(seed, words.GIVEN_NAMES[gender])
  addPatient(chart, seed, gender, given, family)
  const diabetic = seed % 3 === 1
  const firstYear = prng.integer(2015, 2018)
  const visits = prng.integer(3, 5)
  for (let index = 0; index < visits; index += 1) {
    const visit = addVisit(chart, firstYear + index)
    addVitals(chart, visit)
    addLabs(chart, visit, diabetic)
    if (index === 0) addDiagnoses(chart, visit, seed, diabetic)
    if (index === 1) addOccasional(chart, visit, seed)
    addVaccine(chart, visit)
    addClaim(chart, visit)
  }
  const bundle: Json = { resourceType: 'Bundle', id: prng.uuid(), type: 'transaction', entry: chart.entries }
  return {
    seed,
    name: `${given} ${family}`,
    given,
    family,
    fileName: `${String(seed).padStart(4, '0')}-${given}-${family}.json`.toLowerCase(),
    resources: chart.entries.length,
    bundleText: `${jsonText(bundle)}\n`,
  }
}

// By turns, so that no two of a hundred patients in a row share a whole name.
const nameOf = (seed: number, givenNames: readonly string[]): { given: string; family: string } => {
  const turn = Math.floor(seed / words.FAMILY_NAMES.length)
  return {
    given: givenNames[(seed * 3 + turn) % givenNames.length] ?? '',
    family: words.FAMILY_NAMES[seed % words.FAMILY_NAMES.length] ?? '',
  }
}

const addPatient = (
  chart: ChartWriter,
  seed: number,
  gender: string,
  given: string,
  family: string,
): void => {
  const { prng } = chart
  chart.add('Patient', {
    identifier: [{ system: 'urn:oid:2.16.840.1.113883.19.5', value: `SYN-${String(seed).padStart(6, '0')}` }],
    active: true,
    name: [{ use: 'official', family, given: [given] }],
    telecom: [{ system: 'phone', value: `555-01${pad(prng.integer(0, 99))}`, use: 'home' }],
    gender,
    birthDate: `${prng.integer(1930, 2000)}-${pad(prng.integer(1, 12))}-${pad(prng.integer(1, 28))}`,
    address: [
      {
        line: [`${prng.integer(1, 240)} ${prng.pick(words.STREETS)}`],
        city: 'Springvale',
        state: 'MA',
        postalCode: `021${pad(prng.integer(0, 99))}`,
        country: 'US',
      },
    ],
  })
}

const addVisit = (chart: ChartWriter, year: number): Visit => {
  const { prng } = chart
  const day = `${year}-${pad(prng.integer(1, 12))}-${pad(prng.integer(1, 28))}`
  const hour = prng.integer(8, 16)
  const at = `${day}T${pad(hour)}:${pad(prng.integer(0, 59))}:00Z`
  const encounter = chart.add('Encounter', {
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    type: [words.concept(words.VISIT)],
    subject: chart.subject,
    period: { start: at, end: `${day}T${pad(hour + 1)}:00:00Z` },
  })
  return { encounter, at, day }
}

const addVitals = (chart: ChartWriter, visit: Visit): void => {
  const { prng } = chart
  const pressure = (low: number, high: number): Json =>
    quantity(String(prng.integer(low, high)), 'mmHg', 'mm[Hg]')
  addObservation(chart, visit, 'vital-signs', words.VITALS.pressure, {
    component: [
      { code: words.concept(words.VITALS.systolic), valueQuantity: pressure(108, 158) },
      { code: words.concept(words.VITALS.diastolic), valueQuantity: pressure(62, 98) },
    ],
  })
  const kilograms = `${prng.integer(52, 104)}.${prng.integer(0, 9)}0`
  addObservation(chart, visit, 'vital-signs', words.VITALS.weight, {
    valueQuantity: quantity(kilograms, 'kg', 'kg'),
  })
  addObservation(chart, visit, 'vital-signs', words.VITALS.rate, {
    valueQuantity: quantity(String(prng.integer(54, 96)), '/min', '/min'),
  })
}

const addLabs = (chart: ChartWriter, visit: Visit, diabetic: boolean): void => {
  const { prng } = chart
  const percent = `${diabetic ? prng.integer(7, 9) : 5}.${prng.integer(1, 9)}0`
  const results = [
    addObservation(chart, visit, 'laboratory', words.LABS.hba1c, {
      valueQuantity: quantity(percent, '%', '%'),
    }),
    addObservation(chart, visit, 'laboratory', words.LABS.creatinine, {
      valueQuantity: quantity(`0.${prng.integer(60, 99)}`, 'mg/dL', 'mg/dL'),
    }),
    addObservation(chart, visit, 'laboratory', words.LABS.ldl, {
      valueQuantity: quantity(`${prng.integer(70, 180)}.0`, 'mg/dL', 'mg/dL'),
    }),
  ]
  chart.add('DiagnosticReport', {
    status: 'final',
    category: words.category('v2-0074', 'LAB'),
    code: words.concept(words.LABS.panel),
    subject: chart.subject,
    encounter: visit.encounter,
    effectiveDateTime: visit.at,
    issued: visit.at,
    result: results,
  })
}

const addDiagnoses = (chart: ChartWriter, visit: Visit, seed: number, diabetic: boolean): void => {
  const { CONDITIONS, DRUGS } = words
  if (seed % 5 !== 0)
    addPrescription(chart, visit, DRUGS.lisinopril, addCondition(chart, visit, CONDITIONS.hypertension))
  if (diabetic)
    addPrescription(chart, visit, DRUGS.metformin, addCondition(chart, visit, CONDITIONS.diabetes))
  if (seed % 5 === 0)
    addPrescription(chart, visit, DRUGS.salbutamol, addCondition(chart, visit, CONDITIONS.asthma))
  if (seed % 2 === 1) {
    const score = String(chart.prng.integer(10, 19))
    addObservation(chart, visit, 'survey', words.PHQ9, {
      valueQuantity: quantity(score, '{score}', '{score}'),
    })
    addPrescription(chart, visit, DRUGS.sertraline, addCondition(chart, visit, CONDITIONS.depression))
  }
  if (seed % 4 === 1)
    addPrescription(chart, visit, DRUGS.naltrexone, addCondition(chart, visit, CONDITIONS.alcohol))
}

const addOccasional = (chart: ChartWriter, visit: Visit, seed: number): void => {
  chart.add('Procedure', {
    status: 'completed',
    code: words.concept(chart.prng.pick(words.PROCEDURES)),
    subject: chart.subject,
    encounter: visit.encounter,
    performedDateTime: visit.at,
  })
  if (seed % 3 === 2) return
  chart.add('AllergyIntolerance', {
    clinicalStatus: {
      coding: [
        { system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' },
      ],
    },
    type: 'allergy',
    criticality: 'low',
    code: words.concept(chart.prng.pick(words.ALLERGIES)),
    patient: chart.subject,
    recordedDate: visit.day,
  })
}

const addVaccine = (chart: ChartWriter, visit: Visit): void => {
  chart.add('Immunization', {
    status: 'completed',
    vaccineCode: words.concept(chart.prng.pick(words.VACCINES)),
    patient: chart.subject,
    encounter: visit.encounter,
    occurrenceDateTime: visit.at,
    primarySource: true,
  })
}

const addClaim = (chart: ChartWriter, visit: Visit): void => {
  const dollars = new Decimal(`${chart.prng.integer(80, 320)}.00`)
  chart.add('Claim', {
    status: 'active',
    type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/claim-type', code: 'professional' }] },
    use: 'claim',
    patient: chart.subject,
    billablePeriod: { start: visit.day, end: visit.day },
    created: visit.day,
    provider: { display: 'North Hospital' },
    priority: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/processpriority', code: 'normal' }],
    },
    insurance: [{ sequence: 1, focal: true, coverage: { display: 'Harbour Mutual' } }],
    item: [
      {
        sequence: 1,
        productOrService: words.concept(words.VISIT),
        encounter: [visit.encounter],
        net: { value: dollars, currency: 'USD' },
      },
    ],
    total: { value: dollars, currency: 'USD' },
  })
}
