import { ADMINISTRATIVE_PARAMETERS } from './parameters/administrative.ts'
import { CLAIMS_PARAMETERS } from './parameters/claims.ts'
import { CLINICAL_PARAMETERS } from './parameters/clinical.ts'
import { TREATMENT_PARAMETERS } from './parameters/treatment.ts'
import type { SearchKind } from './search-query.ts'

/** A step of a path; `where` keeps contact points of one system. */
export interface PathStep {
  readonly element: string
  readonly where?: string
}

export interface SearchParameter {
  readonly name: string
  readonly kind: SearchKind
  readonly paths: readonly (readonly PathStep[])[]
  /** Keeps references to this type only. */
  readonly targetType?: string
}

const EVERY_TYPE = `
    _id token id
    _lastUpdated date meta.lastUpdated
    _profile uri meta.profile
    _security token meta.security
    _source uri meta.source
    _tag token meta.tag`

const stepOf = (text: string): PathStep => {
  const open = text.indexOf('[')
  return open < 0 ? { element: text } : { element: text.slice(0, open), where: text.slice(open + 1, -1) }
}

const parameterOf = (line: string): [string, SearchParameter] => {
  const [name = '', kindText = '', pathText = ''] = line.trim().split(/\s+/)
  const [kind = '', targetType] = kindText.split(':')
  const paths = pathText.split('|').map((path) => path.split('.').map(stepOf))
  const target = targetType === undefined ? {} : { targetType }
  return [name, { name, kind: kind as SearchKind, paths, ...target }]
}

const tableOf = (text: string): ReadonlyMap<string, SearchParameter> =>
  new Map(`${text}${EVERY_TYPE}`.trim().split('\n').map(parameterOf))

const TABLES: ReadonlyMap<string, ReadonlyMap<string, SearchParameter>> = new Map(
  Object.entries({
    ...CLINICAL_PARAMETERS,
    ...TREATMENT_PARAMETERS,
    ...ADMINISTRATIVE_PARAMETERS,
    ...CLAIMS_PARAMETERS,
  }).map(([type, text]) => [type, tableOf(text)]),
)

const COMMON = tableOf('')

/** R4 search parameters of a type, https://hl7.org/fhir/R4/searchparameter-registry.html; all types have `_id` … */
export const searchParametersOf = (resourceType: string): ReadonlyMap<string, SearchParameter> =>
  TABLES.get(resourceType) ?? COMMON
