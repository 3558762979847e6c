import type { Compartment } from '../../access/compartments.ts'

/** HL7 v3 ActCode information-sensitivity codes as they stand in `meta.security`. */
export const SENSITIVITY_LABELS: Readonly<Record<string, Compartment | undefined>> = {
  PSYTHPN: 'notes',
  ETH: 'substance-use',
  ETHUD: 'substance-use',
  OPIOIDUD: 'substance-use',
  SUD: 'substance-use',
  '42CFRPart2': 'substance-use',
  HIV: 'hiv',
  PSY: 'mental-health',
  MH: 'mental-health',
  BH: 'mental-health',
  COGN: 'mental-health',
  DVD: 'mental-health',
  SEX: 'reproductive',
  STD: 'reproductive',
  REPRO: 'reproductive',
  SDV: 'violence',
  VIO: 'violence',
  ABUSE: 'violence',
  GDIS: 'genomics',
  SICKLE: 'genomics',
}

export const isLabelSystem = (system: string): boolean =>
  system === 'http://terminology.hl7.org/CodeSystem/v3-ActCode' ||
  system === 'http://hl7.org/fhir/v3/ActCode' ||
  system === 'urn:oid:2.16.840.1.113883.5.4'
