import { ok, type Result, refuse } from '../../encoding/result.ts'
import { type ByteSpan, isJsonObject, type JsonFlaw, type JsonObject, type JsonValue } from '../json/value.ts'
import { isResourceType } from '../resource-types.ts'

/** One resource of a file. `bytes` is its own text, uncopied; `offset` is where that text begins in the file. */
export interface SplitResource {
  readonly bytes: Uint8Array
  readonly offset: number
  readonly resourceType: string
  readonly id?: string
  readonly fullUrl?: string
  readonly resource: JsonObject
}

/** What is wrong with one entry or line; `index` counts entries or lines from 0, `offset` counts bytes. */
export interface SplitFailure {
  readonly code: string
  readonly message: string
  readonly index: number
  readonly offset: number
}

// FHIR R4 datatypes: id.
const ID = /^[A-Za-z0-9\-.]{1,64}$/
const ABSOLUTE_URI = /^(urn:uuid:|urn:oid:|https?:\/\/)[^\s]{1,4000}$/

export interface Found {
  readonly value: JsonValue
  readonly fullUrl?: JsonValue | undefined
  readonly flaws: readonly JsonFlaw[]
  readonly span: ByteSpan
}

/**
 * Judges one parsed value as a resource. Usable identity is an `id` of the R4 id form, or an absolute
 * `fullUrl` (urn:uuid, urn:oid, http, https) from the bundle's entry.
 * Refusals: `fhir.not-object`, `fhir.resource-type`, `fhir.identity`, and the `json.*` code of a flaw.
 */
export const identifyResource = (text: Uint8Array, found: Found): Result<SplitResource> => {
  const flaw = found.flaws[0]
  if (flaw !== undefined)
    return refuse(flaw.code, `The resource holds ${flaw.message}, at byte ${flaw.offset}.`)
  const { value } = found
  if (!isJsonObject(value)) return refuse('fhir.not-object', 'A resource is a JSON object; this is not one.')
  const { resourceType } = value
  if (typeof resourceType !== 'string')
    return refuse('fhir.resource-type', 'The resource names no resourceType.')
  if (!isResourceType(resourceType)) {
    return refuse('fhir.resource-type', 'The resourceType is not one of FHIR R4.')
  }
  const id = typeof value.id === 'string' && ID.test(value.id) ? value.id : undefined
  const url = found.fullUrl
  const fullUrl = typeof url === 'string' && ABSOLUTE_URI.test(url) ? url : undefined
  if (id === undefined && fullUrl === undefined) {
    return refuse('fhir.identity', 'The resource has neither a valid id nor an absolute fullUrl.')
  }
  return ok({
    bytes: text.subarray(found.span.start, found.span.end),
    offset: found.span.start,
    resourceType,
    ...(id === undefined ? {} : { id }),
    ...(fullUrl === undefined ? {} : { fullUrl }),
    resource: value,
  })
}
