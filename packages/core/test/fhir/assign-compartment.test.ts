import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { testData } from '../../../../test/data.ts'
import { notRun } from '../../../../test/not-run.ts'
import { COMPARTMENTS } from '../../src/access/compartments.ts'
import { assignCompartment } from '../../src/fhir/compartments/assign-compartment.ts'
import { assignCompartments } from '../../src/fhir/compartments/inherit-compartments.ts'
import { compartmentOfCode } from '../../src/fhir/compartments/sensitive-codes.ts'
import { readJson } from '../../src/fhir/json/read-json.ts'
import { isJsonObject, type JsonObject } from '../../src/fhir/json/value.ts'
import { splitResources } from '../../src/fhir/split/split-resources.ts'

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

const resourceOf = (value: unknown): JsonObject => {
  const read = readJson(bytesOf(value))
  if (!read.ok || !isJsonObject(read.value)) throw new Error('not a resource')
  return read.value
}

const placeOf = (value: unknown): string => assignCompartment(resourceOf(value)).compartment

const coded = (system: string, code: string) => ({ coding: [{ system, code }] })
const SNOMED = 'http://snomed.info/sct'
const ICD = 'http://hl7.org/fhir/sid/icd-10-cm'
const LOINC = 'http://loinc.org'
const ACT = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
const observation = (category: string) => ({
  resourceType: 'Observation',
  category: [coded('http://terminology.hl7.org/CodeSystem/observation-category', category)],
})

test('type and category decide where nothing is sensitive', () => {
  const rows: [unknown, string][] = [
    [{ resourceType: 'Patient' }, 'general'],
    [{ resourceType: 'Condition', code: coded(SNOMED, '38341003') }, 'general'],
    [observation('laboratory'), 'laboratory'],
    [observation('vital-signs'), 'general'],
    [observation('imaging'), 'imaging'],
    [observation('activity'), 'monitoring'],
    [{ resourceType: 'Observation', specimen: { reference: 'Specimen/1' } }, 'laboratory'],
    [{ resourceType: 'Observation', device: { reference: 'Device/1' } }, 'monitoring'],
    [
      {
        resourceType: 'DiagnosticReport',
        category: [coded('http://terminology.hl7.org/CodeSystem/v2-0074', 'LAB')],
      },
      'laboratory',
    ],
    [
      {
        resourceType: 'DiagnosticReport',
        category: [coded('http://terminology.hl7.org/CodeSystem/v2-0074', 'RAD')],
      },
      'imaging',
    ],
    [{ resourceType: 'ImagingStudy' }, 'imaging'],
    [{ resourceType: 'MolecularSequence' }, 'genomics'],
    [{ resourceType: 'MedicationRequest' }, 'medication'],
    [{ resourceType: 'Claim' }, 'claims'],
    [{ resourceType: 'ExplanationOfBenefit' }, 'claims'],
    [{ resourceType: 'AllergyIntolerance' }, 'general'],
  ]
  for (const [resource, compartment] of rows) is(placeOf(resource), compartment, JSON.stringify(resource))
})

test('sensitive codes, labels and drug names move a resource', () => {
  const rows: [unknown, string][] = [
    [{ resourceType: 'Condition', code: coded(SNOMED, '66590003') }, 'substance-use'],
    [{ resourceType: 'Condition', code: coded(ICD, 'F10.20') }, 'substance-use'],
    [{ resourceType: 'Condition', code: coded(ICD, 'F1020') }, 'substance-use'],
    [{ resourceType: 'Condition', code: coded(ICD, 'F17.210') }, 'general'],
    [{ resourceType: 'Condition', code: coded(ICD, 'F32.9') }, 'mental-health'],
    [{ resourceType: 'Condition', code: coded(ICD, 'B20') }, 'hiv'],
    [{ resourceType: 'Condition', code: coded(ICD, 'O09.90') }, 'reproductive'],
    [{ resourceType: 'Condition', code: coded(ICD, 'T74.11XA') }, 'violence'],
    [{ resourceType: 'Condition', code: coded(ICD, 'Z15.01') }, 'genomics'],
    [{ ...observation('laboratory'), code: coded(LOINC, '25835-0') }, 'hiv'],
    [{ resourceType: 'Encounter', reasonCode: [coded(SNOMED, '35489007')] }, 'mental-health'],
    [
      { resourceType: 'Claim', diagnosis: [{ diagnosisCodeableConcept: coded(ICD, 'F11.20') }] },
      'substance-use',
    ],
    [
      {
        resourceType: 'Claim',
        item: [{ productOrService: coded('http://www.ama-assn.org/go/cpt', '90837') }],
      },
      'mental-health',
    ],
    [
      {
        resourceType: 'MedicationRequest',
        medicationCodeableConcept: { text: 'Buprenorphine 2 MG / Naloxone 0.5 MG Film' },
      },
      'substance-use',
    ],
    [
      { resourceType: 'MedicationRequest', medicationCodeableConcept: { text: 'nirmatrelvir / ritonavir' } },
      'medication',
    ],
    [
      {
        resourceType: 'MedicationRequest',
        contained: [{ resourceType: 'Medication', code: { text: 'dolutegravir 50 MG' } }],
      },
      'hiv',
    ],
    [{ resourceType: 'Observation', meta: { security: [{ system: ACT, code: 'ETH' }] } }, 'substance-use'],
    [{ resourceType: 'Observation', meta: { security: [{ system: ACT, code: 'SDV' }] } }, 'violence'],
    [{ resourceType: 'DocumentReference', meta: { security: [{ system: ACT, code: 'PSYTHPN' }] } }, 'notes'],
    [{ resourceType: 'DocumentReference', type: { text: 'Psychotherapy note' } }, 'notes'],
    [{ resourceType: 'DocumentReference', type: coded(LOINC, '34788-0') }, 'mental-health'],
  ]
  for (const [resource, compartment] of rows) is(placeOf(resource), compartment, JSON.stringify(resource))
})

test('the strictest label wins', () => {
  const codes = [
    { system: ICD, code: 'Z15.01' },
    { system: ICD, code: 'T74.11XA' },
    { system: ICD, code: 'O09.90' },
    { system: ICD, code: 'F32.9' },
    { system: ICD, code: 'B20' },
    { system: ICD, code: 'F10.20' },
  ]
  const places = codes.map((_, index) =>
    placeOf({ resourceType: 'Claim', diagnosis: codes.slice(0, index + 1) }),
  )
  equal(places, ['genomics', 'violence', 'reproductive', 'mental-health', 'hiv', 'substance-use'])
  equal(assignCompartment(resourceOf({ resourceType: 'Claim', diagnosis: codes })), {
    compartment: 'substance-use',
    rule: `code ${ICD}|F10.20`,
  })
})

test('a claim takes over what it bills for, a result what it reports', () => {
  const resources = [
    { resourceType: 'Condition', id: 'c', code: coded(ICD, 'F11.20') },
    { resourceType: 'MedicationRequest', id: 'm', reasonReference: [{ reference: 'Condition/c' }] },
    {
      resourceType: 'Claim',
      id: 'k',
      prescription: { reference: 'https://example.org/fhir/MedicationRequest/m' },
    },
    { resourceType: 'ExplanationOfBenefit', id: 'e', claim: { reference: 'Claim/k' } },
    { resourceType: 'Encounter', id: 'n' },
    { resourceType: 'Observation', id: 'o', encounter: { reference: 'Encounter/n' } },
  ]
  const file = splitResources(
    bytesOf({ resourceType: 'Bundle', entry: resources.map((resource) => ({ resource })) }),
  )
  ok(file.ok)
  if (!file.ok) return
  equal(
    assignCompartments(file.value.resources).map(({ compartment }) => compartment),
    ['substance-use', 'substance-use', 'substance-use', 'substance-use', 'general', 'general'],
  )
})

const codeLists = testData('sensitive-codes-42cfr2')
if (codeLists === undefined) notRun('the 42 CFR Part 2 code lists are not on this machine')
else {
  const SYSTEMS: Record<string, string> = {
    'codes-icd-10-diagnosis.csv': ICD,
    'codes-icd-9-diagnosis.csv': 'http://hl7.org/fhir/sid/icd-9-cm',
    'codes-icd-10-procedure.csv': 'http://hl7.org/fhir/sid/icd-10-pcs',
    'codes-icd-9-procedure.csv': 'http://www.cms.gov/Medicare/Coding/ICD9',
    'codes-drg.csv': 'https://bluebutton.cms.gov/resources/variables/clm_drg_cd',
  }
  test('every code that Medicare withholds under 42 CFR Part 2 is substance-use here', () => {
    for (const [name, system] of Object.entries(SYSTEMS)) {
      const lines = readFileSync(path.join(codeLists, name), 'utf8').split('\n').slice(1)
      const codes = lines.flatMap((line) => /^"(?:MS-DRG )?([^"]+)"/.exec(line)?.[1] ?? [])
      ok(codes.length > 2, name)
      const missed = codes.filter((code) => compartmentOfCode(system, code) !== 'substance-use')
      equal(missed, [], name)
    }
  })
}

const synthea = testData('fhir-patients/synthea-2019-transaction-bundles')
if (synthea === undefined) notRun('the Synthea patients are not on this machine')
else {
  test('the Synthea patients spread over compartments', () => {
    const counts = new Map<string, number>()
    for (const name of readdirSync(synthea).filter((file) => file.endsWith('.gz'))) {
      const file = splitResources(new Uint8Array(gunzipSync(readFileSync(path.join(synthea, name)))))
      if (!file.ok) throw new Error(file.code)
      for (const { compartment } of assignCompartments(file.value.resources)) {
        ok(COMPARTMENTS.includes(compartment))
        counts.set(compartment, (counts.get(compartment) ?? 0) + 1)
      }
    }
    for (const name of [
      'general',
      'laboratory',
      'medication',
      'claims',
      'imaging',
      'substance-use',
      'reproductive',
    ]) {
      ok((counts.get(name) ?? 0) > 0, `${name}: ${JSON.stringify([...counts])}`)
    }
    if (process.env['MEDCHAIN_DEBUG']) console.log([...counts])
  })
}

test.run()
