import { isProtected, strictest } from '../../access/compartments.ts'
import { isJsonArray, isJsonObject, type JsonValue } from '../json/value.ts'
import type { SplitResource } from '../split/identify-resource.ts'
import { assignCompartment } from './assign-compartment.ts'
import type { Assignment } from './default-compartment.ts'

// EOB → Claim → MedicationRequest → Condition is the longest chain met in practice.
const ROUNDS = 4
const CLAIM_TYPES = new Set([
  'Claim',
  'ClaimResponse',
  'ExplanationOfBenefit',
  'ChargeItem',
  'Invoice',
  'Account',
])
const TELLING_ELEMENTS = new Set([
  'medicationReference',
  'reasonReference',
  'result',
  'hasMember',
  'derivedFrom',
  'condition',
  'addresses',
  'basedOn',
])

/**
 * Assigns every resource of one file. On top of assignCompartment, a claim takes over the protected
 * compartment of any resource of the file it refers to, and other resources that of what they are about
 * (reason, result, medication, …). The answer is parallel to `resources`.
 */
export const assignCompartments = (resources: readonly SplitResource[]): Assignment[] => {
  const assigned = resources.map(({ resource }) => assignCompartment(resource))
  const index = new Map<string, number>()
  resources.forEach(({ resourceType, id, fullUrl }, position) => {
    if (id !== undefined) index.set(`${resourceType}/${id}`, position)
    if (fullUrl !== undefined) index.set(fullUrl, position)
  })
  const links = resources.map(({ resource, resourceType }) => {
    const targets = new Set<number>()
    collect(resource, CLAIM_TYPES.has(resourceType), (reference) => {
      const target = index.get(reference) ?? index.get(reference.split('/').slice(-2).join('/'))
      if (target !== undefined) targets.add(target)
    })
    return targets
  })
  for (let round = 0; round < ROUNDS; round += 1) {
    if (!inheritOnce(resources, assigned, links)) break
  }
  return assigned
}

const inheritOnce = (
  resources: readonly SplitResource[],
  assigned: Assignment[],
  links: readonly ReadonlySet<number>[],
): boolean => {
  let changed = false
  links.forEach((targets, position) => {
    for (const target of targets) {
      const own = assigned[position]
      const other = assigned[target]
      if (own === undefined || other === undefined || !isProtected(other.compartment)) continue
      if (strictest(own.compartment, other.compartment) === own.compartment) continue
      const named = resources[target]?.resourceType ?? 'resource'
      assigned[position] = { compartment: other.compartment, rule: `refers to ${named}: ${other.rule}` }
      changed = true
    }
  })
  return changed
}

const collect = (value: JsonValue, every: boolean, found: (reference: string) => void): void => {
  if (isJsonArray(value)) {
    for (const element of value) collect(element, every, found)
  } else if (isJsonObject(value)) {
    for (const key of Object.keys(value)) {
      const member = value[key]
      if (member === undefined) continue
      if (every && key === 'reference' && typeof member === 'string') found(member)
      else collectTelling(member, key, every, found)
    }
  }
}

const collectTelling = (
  member: JsonValue,
  key: string,
  every: boolean,
  found: (reference: string) => void,
): void => {
  if (every || !TELLING_ELEMENTS.has(key)) {
    collect(member, every, found)
    return
  }
  for (const target of isJsonArray(member) ? member : [member]) {
    const reference = isJsonObject(target) ? target.reference : undefined
    if (typeof reference === 'string') found(reference)
  }
}
