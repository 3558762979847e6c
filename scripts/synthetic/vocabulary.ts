import type { Json } from './json-text.ts'

export interface Term {
  readonly system: string
  readonly code: string
  readonly display: string
}

const SNOMED = 'http://snomed.info/sct'
const LOINC = 'http://loinc.org'
const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm'
const CVX = 'http://hl7.org/fhir/sid/cvx'

const snomed = (code: string, display: string): Term => ({ system: SNOMED, code, display })
const loinc = (code: string, display: string): Term => ({ system: LOINC, code, display })

/** A CodeableConcept of one coding, its text the display. */
export const concept = (term: Term): Json => ({ coding: [{ ...term }], text: term.display })

export const category = (system: string, code: string): Json => [
  { coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code }] },
]

export const CONDITIONS = {
  hypertension: snomed('38341003', 'Hypertension'),
  diabetes: snomed('44054006', 'Type 2 diabetes mellitus'),
  asthma: snomed('195967001', 'Asthma'),
  depression: snomed('35489007', 'Depressive disorder'),
  alcohol: snomed('66590003', 'Alcohol dependence'),
}

export const DRUGS = {
  lisinopril: { system: RXNORM, code: '314076', display: 'lisinopril 10 MG Oral Tablet' },
  metformin: {
    system: RXNORM,
    code: '860975',
    display: 'metformin hydrochloride 500 MG Extended Release Oral Tablet',
  },
  salbutamol: { system: RXNORM, code: '745752', display: 'albuterol 0.09 MG/ACTUAT Metered Dose Inhaler' },
  sertraline: { system: RXNORM, code: '312941', display: 'sertraline 50 MG Oral Tablet' },
  naltrexone: { system: RXNORM, code: '1483744', display: 'naltrexone hydrochloride 50 MG Oral Tablet' },
}

export const LABS = {
  hba1c: loinc('4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood'),
  creatinine: loinc('2160-0', 'Creatinine [Mass/volume] in Serum or Plasma'),
  ldl: loinc('13457-7', 'Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation'),
  panel: loinc('24323-8', 'Comprehensive metabolic 2000 panel - Serum or Plasma'),
}

export const VITALS = {
  pressure: loinc('85354-9', 'Blood pressure panel with all children optional'),
  systolic: loinc('8480-6', 'Systolic blood pressure'),
  diastolic: loinc('8462-4', 'Diastolic blood pressure'),
  weight: loinc('29463-7', 'Body weight'),
  rate: loinc('8867-4', 'Heart rate'),
}

export const PHQ9 = loinc('44261-6', 'Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]')

export const VACCINES: readonly Term[] = [
  { system: CVX, code: '140', display: 'Influenza, seasonal, injectable, preservative free' },
  { system: CVX, code: '115', display: 'Tdap' },
  { system: CVX, code: '33', display: 'pneumococcal polysaccharide PPV23' },
]

export const ALLERGIES: readonly Term[] = [
  snomed('91936005', 'Allergy to penicillin'),
  snomed('91935009', 'Allergy to peanut'),
  snomed('300913006', 'Allergy to shellfish'),
]

export const PROCEDURES: readonly Term[] = [
  snomed('73761001', 'Colonoscopy'),
  snomed('29303009', 'Electrocardiographic procedure'),
  snomed('127783003', 'Spirometry'),
]

export const VISIT = snomed('185349003', 'Encounter for check up')

export const GIVEN_NAMES = {
  female: [
    'Amarel',
    'Brisa',
    'Coralind',
    'Dovina',
    'Elsabet',
    'Fenja',
    'Ginevra',
    'Halleth',
    'Isaura',
    'Jorunn',
  ],
  male: ['Aldwyn', 'Bastien', 'Cormac', 'Dragan', 'Emrick', 'Farold', 'Gideon', 'Hartwin', 'Ivo', 'Jesper'],
}

export const FAMILY_NAMES: readonly string[] = [
  'Ashgrove',
  'Brackwater',
  'Calderwick',
  'Dunmarrow',
  'Everholt',
  'Fallowmere',
  'Greyfen',
  'Hollinbeck',
  'Inglenook',
  'Jessamy',
  'Kestrelby',
  'Larkmoor',
]

export const STREETS: readonly string[] = [
  'Mill Lane',
  'Harbour Row',
  'Quarry Road',
  'Orchard Walk',
  'Station Rise',
]
