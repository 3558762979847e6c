import { strictest } from '../../access/compartments.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts'
import { type Assignment, defaultCompartment } from './default-compartment.ts'
import { compartmentOfCode } from './sensitive-codes.ts'
import { SENSITIVE_INGREDIENTS } from './sensitive-ingredients.ts'
import { isLabelSystem, SENSITIVITY_LABELS } from './sensitivity-labels.ts'

/** Raised whenever a table of this folder changes, so that an assignment can be explained later. */
export const COMPARTMENT_TABLE_VERSION = '2026.1'

const INGREDIENTS = SENSITIVE_INGREDIENTS.map(({ compartment, names }) => ({
  compartment,
  pattern: new RegExp(`\\b(${names.trim().split(/\s+/).join('|')})\\b`, 'i'),
}))
const PSYCHOTHERAPY_NOTE = /\bpsychotherapy notes?\b/i
const DRUG_TYPES = /^(Medication|Claim$|ExplanationOfBenefit$)/

/**
 * Assigns a resource to one compartment: by type and category, then by every coding and security label
 * anywhere in it (contained resources included), by drug ingredient names in medications and claims, and by
 * a document that calls itself a psychotherapy note (45 CFR 164.501). The strictest wins.
 */
export const assignCompartment = (resource: JsonObject): Assignment => {
  const type = typeof resource.resourceType === 'string' ? resource.resourceType : ''
  const search: Search = { best: defaultCompartment(resource), drugs: DRUG_TYPES.test(type) }
  searchValue(search, resource)
  return search.best
}

interface Search {
  best: Assignment
  readonly drugs: boolean
}

const offer = (search: Search, compartment: Assignment['compartment'], rule: string): void => {
  if (strictest(search.best.compartment, compartment) !== search.best.compartment)
    search.best = { compartment, rule }
}

const searchValue = (search: Search, value: JsonValue): void => {
  if (isJsonArray(value)) {
    for (const element of value) searchValue(search, element)
    return
  }
  if (!isJsonObject(value)) return
  weighCoding(search, value)
  weighText(search, value.text)
  weighText(search, value.display)
  for (const key of Object.keys(value)) {
    const member = value[key]
    if (typeof member === 'object' && member !== null) searchValue(search, member)
  }
}

const weighCoding = (search: Search, { system, code }: JsonObject): void => {
  if (typeof system !== 'string' || typeof code !== 'string') return
  const byCode = compartmentOfCode(system, code)
  if (byCode !== undefined) offer(search, byCode, `code ${system}|${code}`)
  const byLabel = isLabelSystem(system) ? SENSITIVITY_LABELS[code] : undefined
  if (byLabel !== undefined) offer(search, byLabel, `label ${code}`)
}

const weighText = (search: Search, text: JsonValue | undefined): void => {
  if (typeof text !== 'string') return
  if (PSYCHOTHERAPY_NOTE.test(text)) offer(search, 'notes', 'psychotherapy note by name')
  if (!search.drugs) return
  for (const { compartment, pattern } of INGREDIENTS) {
    if (pattern.test(text)) offer(search, compartment, 'drug ingredient by name')
  }
}
