import { type Compartment, strictest } from '../../access/compartments.ts'
import type { SensitiveCodes } from './code-table.ts'
import { BILLING_PROCEDURES, LOINC, SNOMED_CT } from './sensitive-clinical.ts'
import { ICD_9_CM, ICD_9_PROCEDURES, ICD_10_CM, ICD_10_PCS, MS_DRG } from './sensitive-diagnoses.ts'
import { RXNORM_INGREDIENTS } from './sensitive-ingredients.ts'

interface CodeIndex {
  readonly exact: ReadonlyMap<string, Compartment>
  readonly prefixes: ReadonlyMap<string, Compartment>
  readonly prefixMax: number
}

const wordsOf = (text: string | undefined): string[] => (text === undefined ? [] : text.trim().split(/\s+/))

const indexCodes = (table: readonly SensitiveCodes[]): CodeIndex => {
  const exact = new Map<string, Compartment>()
  const prefixes = new Map<string, Compartment>()
  let prefixMax = 0
  for (const { compartment, codes, prefixes: stems } of table) {
    for (const code of wordsOf(codes)) exact.set(code, compartment)
    for (const stem of wordsOf(stems)) {
      prefixes.set(stem, compartment)
      prefixMax = Math.max(prefixMax, stem.length)
    }
  }
  return { exact, prefixes, prefixMax }
}

const icd10 = indexCodes(ICD_10_CM)
const icd9 = indexCodes(ICD_9_CM)
const icd10Procedures = indexCodes(ICD_10_PCS)
const icd9Procedures = indexCodes(ICD_9_PROCEDURES)
const billing = indexCodes(BILLING_PROCEDURES)
const drg = indexCodes(MS_DRG)
const rxnorm = indexCodes(RXNORM_INGREDIENTS)
const loinc = indexCodes(LOINC)
const snomed = indexCodes(SNOMED_CT)

const SYSTEMS: ReadonlyMap<string, CodeIndex> = new Map([
  ['http://snomed.info/sct', snomed],
  ['urn:oid:2.16.840.1.113883.6.96', snomed],
  ['http://loinc.org', loinc],
  ['urn:oid:2.16.840.1.113883.6.1', loinc],
  ['http://hl7.org/fhir/sid/icd-10-cm', icd10],
  ['http://hl7.org/fhir/sid/icd-10', icd10],
  ['urn:oid:2.16.840.1.113883.6.90', icd10],
  ['urn:oid:2.16.840.1.113883.6.3', icd10],
  ['http://hl7.org/fhir/sid/icd-9-cm', icd9],
  ['urn:oid:2.16.840.1.113883.6.103', icd9],
  ['http://www.cms.gov/Medicare/Coding/ICD10', icd10Procedures],
  ['http://hl7.org/fhir/sid/icd-10-pcs', icd10Procedures],
  ['urn:oid:2.16.840.1.113883.6.4', icd10Procedures],
  ['http://www.cms.gov/Medicare/Coding/ICD9', icd9Procedures],
  ['urn:oid:2.16.840.1.113883.6.104', icd9Procedures],
  ['http://www.ama-assn.org/go/cpt', billing],
  ['urn:oid:2.16.840.1.113883.6.12', billing],
  ['http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets', billing],
  ['https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets', billing],
  ['https://bluebutton.cms.gov/resources/codesystem/hcpcs', billing],
  ['urn:oid:2.16.840.1.113883.6.285', billing],
  [
    'https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment/AcuteInpatientPPS/MS-DRG-Classifications-and-Software',
    drg,
  ],
  ['https://bluebutton.cms.gov/resources/variables/clm_drg_cd', drg],
  ['http://www.nlm.nih.gov/research/umls/rxnorm', rxnorm],
  ['urn:oid:2.16.840.1.113883.6.88', rxnorm],
])

/**
 * The compartment that a code of a known system is sensitive for; undefined when it is not. ICD codes may be
 * written with or without their dot. Codes of unknown systems say nothing.
 */
export const compartmentOfCode = (system: string, code: string): Compartment | undefined => {
  const index = SYSTEMS.get(system)
  if (index === undefined) return undefined
  const plain = code.replaceAll('.', '').trim().toUpperCase()
  let found = index.exact.get(plain)
  for (let length = 1; length <= Math.min(index.prefixMax, plain.length); length += 1) {
    const hit = index.prefixes.get(plain.slice(0, length))
    if (hit !== undefined) found = found === undefined ? hit : strictest(found, hit)
  }
  return found
}
