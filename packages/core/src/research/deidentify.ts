import { ok, type Result, refuse } from '../encoding/result.ts'
import {
  emptyJsonObject,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../fhir/json/value.ts'
import { SPARSE_ZIP3, yearOf } from './safe-harbor.ts'
import { type Treatings, treatValue } from './treat-value.ts'
import { RESEARCH_WHITELIST, type Treatment } from './whitelist.ts'

export interface DeidentifyOptions {
  /**
   * The new text for a literal reference (`Patient/1`, `urn:uuid:…`), itself `Type/pseudonym` or a urn; a
   * random name kept by the source, never derived from the person (45 CFR 164.514(c)). Undefined: dropped.
   */
  readonly pseudonymOf: (reference: string) => string | undefined
  /** The year against which ages are capped: that of the block the answer stands on. */
  readonly year: number
  readonly sparseZip3?: ReadonlySet<string>
}

interface Branch {
  readonly treatment?: Treatment
  readonly children: Map<string, Branch>
}

const branchesOf = (text: string): Branch => {
  const root: Branch = { children: new Map() }
  for (const line of text.trim().split('\n')) {
    const [path = '', treatment = ''] = line.trim().split(/\s+/)
    if (path === '') continue
    const steps = path.split('.')
    let branch = root
    steps.forEach((step, index) => {
      const last = index === steps.length - 1
      const known = branch.children.get(step)
      const next = known ?? { children: new Map(), ...(last ? { treatment: treatment as Treatment } : {}) }
      branch.children.set(step, next)
      branch = next
    })
  }
  return root
}

const TREES: ReadonlyMap<string, Branch> = new Map(
  Object.entries(RESEARCH_WHITELIST).map(([type, text]) => [type, branchesOf(text)]),
)

/**
 * A new resource that holds only what Safe Harbor lets go (45 CFR 164.514(b)(2)): coded facts of public code
 * systems, quantities, years, ZIP3 or 000, ages over 89 as 90 and more (a birth year no earlier than
 * `year`, or the year of death, − 90), references and the id as pseudonyms. Text, names, identifiers, extensions, contained
 * resources, attachments and every element without a line in the whitelist are dropped.
 * `research.type` for a type of which nothing is released.
 */
export const deidentifyResource = (resource: JsonObject, options: DeidentifyOptions): Result<JsonObject> => {
  const { resourceType, id } = resource
  const tree = typeof resourceType === 'string' ? TREES.get(resourceType) : undefined
  if (tree === undefined || typeof resourceType !== 'string') {
    return refuse('research.type', 'Nothing of this resource type is released for research.')
  }
  const treatings: Treatings = {
    pseudonymOf: options.pseudonymOf,
    year: ageYearOf(resource, options.year),
    sparseZip3: options.sparseZip3 ?? SPARSE_ZIP3,
  }
  const released = emptyJsonObject()
  released['resourceType'] = resourceType
  const pseudonym = typeof id === 'string' ? options.pseudonymOf(`${resourceType}/${id}`) : undefined
  if (pseudonym !== undefined) released['id'] = pseudonym.slice(pseudonym.lastIndexOf('/') + 1)
  copyBranches(resource, tree, treatings, released)
  return ok(released)
}

// Someone who has died stopped ageing then.
const ageYearOf = ({ deceasedDateTime }: JsonObject, year: number): number => {
  const died = typeof deceasedDateTime === 'string' ? yearOf(deceasedDateTime) : undefined
  return died === undefined ? year : Math.min(year, Number(died))
}

export const isReleasedType = (resourceType: string): boolean => TREES.has(resourceType)

const copyBranches = (
  source: JsonObject,
  tree: Branch,
  treatings: Treatings,
  target: { [key: string]: JsonValue | undefined },
): void => {
  for (const [name, branch] of tree.children) {
    const kept = keep(source[name], branch, treatings)
    if (kept !== undefined) target[name] = kept
  }
}

const keep = (value: JsonValue | undefined, branch: Branch, treatings: Treatings): JsonValue | undefined => {
  if (value === undefined || value === null) return undefined
  if (isJsonArray(value)) {
    const kept = value.flatMap((element) => keep(element, branch, treatings) ?? [])
    return kept.length === 0 ? undefined : kept
  }
  if (branch.treatment !== undefined) return treatValue(value, branch.treatment, treatings)
  if (!isJsonObject(value)) return undefined
  const nested = emptyJsonObject()
  copyBranches(value, branch, treatings, nested)
  return Object.keys(nested).length === 0 ? undefined : nested
}
