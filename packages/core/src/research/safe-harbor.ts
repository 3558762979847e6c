/**
 * Three-digit ZIP areas with 20,000 people or fewer in the 2000 or the 2010 census; shown as 000
 * (45 CFR 164.514(b)(2)(i)(B)). The Census Bureau's current data decide: an operator passes a newer list.
 */
export const SPARSE_ZIP3: ReadonlySet<string> = new Set(
  '036 059 063 102 202 203 204 205 369 556 692 753 772 790 821 823 830 831 878 879 884 890 893'.split(' '),
)

/** Ages above this are one group (45 CFR 164.514(b)(2)(i)(C)). */
export const AGE_MAX_YEARS = 89

/** Code systems whose codes are not derived from a person; codes of any other system are dropped. */
const RELEASED_SYSTEMS =
  /^(http:\/\/(loinc\.org|snomed\.info\/sct|unitsofmeasure\.org|hl7\.org\/fhir\/|terminology\.hl7\.org\/|www\.nlm\.nih\.gov\/research\/umls\/rxnorm|www\.ama-assn\.org\/go\/cpt|www\.cms\.gov\/Medicare\/Coding\/|www\.whocc\.no\/atc|dicom\.nema\.org\/resources\/ontology\/DCM|ncicb\.nci\.nih\.gov\/)|https:\/\/(www\.cms\.gov\/Medicare\/Coding\/|bluebutton\.cms\.gov\/resources\/codesystem\/)|urn:iso:std:iso:11073:10101$)/

const IDENTIFIER_SYSTEMS = /^http:\/\/hl7\.org\/fhir\/sid\/us-/

export const isReleasedSystem = (system: string): boolean =>
  /^\S{1,200}$/.test(system) && RELEASED_SYSTEMS.test(system) && !IDENTIFIER_SYSTEMS.test(system)

/** A code, never a sentence or a name: one short word without spaces. */
export const isReleasedCode = (code: string): boolean => /^\S{1,64}$/.test(code)

const ZIP = /^(\d{3})\d{2}(?:-?\d{4})?$/

/** The ZIP3 of a US postal code, 000 for a sparse one; undefined when it is not a ZIP code. */
export const zip3Of = (postalCode: string, sparse: ReadonlySet<string>): string | undefined => {
  const area = ZIP.exec(postalCode.trim())?.[1]
  return area === undefined ? undefined : sparse.has(area) ? '000' : area
}

/** The year of a FHIR date; undefined when it is not one. */
export const yearOf = (date: string): string | undefined => /^(\d{4})(?:-|$)/.exec(date)?.[1]
