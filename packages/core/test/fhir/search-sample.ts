import { readJson } from '../../src/fhir/json/read-json.ts'
import { isJsonObject, type JsonObject } from '../../src/fhir/json/value.ts'
import { matchesSearch } from '../../src/fhir/search/matches-search.ts'
import { parseSearch } from '../../src/fhir/search/parse-search.ts'
import type { SearchQuery } from '../../src/fhir/search/search-query.ts'

/** A resource from its JSON text, which keeps decimals as written. */
export const resourceFromText = (text: string): JsonObject => {
  const read = readJson(new TextEncoder().encode(text))
  if (!read.ok || !isJsonObject(read.value)) throw new Error('not a resource')
  return read.value
}

export const queryFromText = (text: string): SearchQuery => {
  const query = parseSearch(text)
  if (!query.ok) throw new Error(`${text}: ${query.code} ${query.message}`)
  return query.value
}

export const matches = (resource: JsonObject, text: string): boolean =>
  matchesSearch(resource, queryFromText(text))

export const LAB = resourceFromText(`{
  "resourceType": "Observation", "id": "a1c-1", "status": "final",
  "meta": {"lastUpdated": "2021-05-06T07:08:09Z", "tag": [{"system": "urn:x:tags", "code": "t1"}]},
  "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}],
  "code": {"coding": [{"system": "http://loinc.org", "code": "4548-4", "display": "Hemoglobin A1c"}], "text": "HbA1c"},
  "subject": {"reference": "Patient/p-1"},
  "performer": [{"reference": "https://fhir.example.org/r4/Organization/lab-9/_history/2"}],
  "encounter": {"reference": "urn:uuid:5f0c7d9e-8c1a-4b22-9d38-0e8bb3e5a001"},
  "effectiveDateTime": "2020-03-15T10:30:00+01:00",
  "valueQuantity": {"value": 7.20, "unit": "percent", "system": "http://unitsofmeasure.org", "code": "%"}
}`)

export const PATIENT = resourceFromText(`{
  "resourceType": "Patient", "id": "p-1", "active": true, "gender": "female", "birthDate": "1984-02",
  "identifier": [{"system": "urn:oid:1.2.3", "value": "MRN-77"}, {"value": "plain"}],
  "name": [{"family": "Muñoz-Lind", "given": ["Anna", "Bea"]}, {"text": "A. M."}],
  "telecom": [{"system": "phone", "value": "555-0100"}, {"system": "email", "value": "a@example.org"}],
  "address": [{"city": "Old  Harbour", "postalCode": "02139"}],
  "deceasedBoolean": false
}`)
