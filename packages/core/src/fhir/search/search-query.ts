export type SearchKind = 'token' | 'reference' | 'date' | 'quantity' | 'number' | 'string' | 'uri'

export type SearchPrefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb'

export interface TokenValue {
  readonly kind: 'token'
  /** Absent: any system. Empty text: a value without a system. */
  readonly system?: string
  /** Absent: any code of the system. */
  readonly code?: string
}

export interface ReferenceValue {
  readonly kind: 'reference'
  /** `Type/id`, or a whole `urn:…`; absent when only an id was given. */
  readonly target?: string
  readonly base?: string
  readonly id: string
}

export interface DateValue {
  readonly kind: 'date'
  readonly prefix: SearchPrefix
  /** Epoch milliseconds; `high` is not part of the span. */
  readonly low: number
  readonly high: number
}

export interface QuantityValue {
  readonly kind: 'quantity' | 'number'
  readonly prefix: SearchPrefix
  readonly number: number
  /** The span of the written precision: 7 means 6.5 ≤ x < 7.5. Used by `eq` and `ne` only. */
  readonly low: number
  readonly high: number
  readonly system?: string
  readonly code?: string
}

export interface StringValue {
  readonly kind: 'string'
  readonly text: string
  /** The text as `foldText` leaves it. */
  readonly folded: string
}

export interface UriValue {
  readonly kind: 'uri'
  readonly text: string
}

export interface MissingValue {
  readonly kind: 'missing'
  readonly missing: boolean
}

export type SearchValue =
  | TokenValue
  | ReferenceValue
  | DateValue
  | QuantityValue
  | StringValue
  | UriValue
  | MissingValue

export type SearchModifier = 'exact' | 'contains' | 'not' | 'missing'

/** One `parameter=value,value`: true when any of its values matches (`not`: when none does). */
export interface SearchClause {
  readonly param: string
  readonly kind: SearchKind
  readonly modifier?: SearchModifier
  /** `subject:Patient=…` */
  readonly targetType?: string
  readonly values: readonly SearchValue[]
}

/** All clauses must hold. */
export interface SearchQuery {
  readonly resourceType: string
  readonly clauses: readonly SearchClause[]
  readonly count?: number
  readonly summary?: 'count'
}

/** One searchable value of one resource, flat enough for a table. Absent members are NULL. */
export interface SearchRow {
  readonly param: string
  readonly kind: SearchKind
  /** token, quantity: code system. reference: base URL when it was absolute. */
  readonly system?: string
  /** token, quantity: code. reference: `Type/id` or `urn:…`. */
  readonly code?: string
  /** string, uri: the text. reference: the bare id. */
  readonly text?: string
  readonly folded?: string
  /** date: epoch milliseconds, `high` excluded. quantity, number: bounds, both included. */
  readonly low?: number
  readonly high?: number
  /** quantity, number: the value itself when it is one value. */
  readonly number?: number
  readonly unit?: string
}

/** Case, accents and runs of white space do not count in a string search (FHIR R4 §3.1.1.4.8). */
export const foldText = (text: string): string =>
  text
    .normalize('NFD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .trim()
