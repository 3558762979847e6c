import { ok, type Result, refuse } from '../../encoding/result.ts'
import {
  JSON_SIZE_MAX_BYTES,
  type JsonDocument,
  type JsonReadOptions,
  readJsonDocument,
} from '../json/read-json.ts'
import { type ByteSpan, isJsonObject, type JsonValue } from '../json/value.ts'
import { identifyResource, type SplitFailure, type SplitResource } from './identify-resource.ts'
import { splitBundle } from './split-bundle.ts'
import { looksLikeNdjson, splitNdjson } from './split-ndjson.ts'

export interface SplitOptions extends Omit<JsonReadOptions, 'spanDepth'> {
  /** `auto` looks at the text; a file named `.ndjson` should say `ndjson`, for it may hold one line only. */
  readonly format?: 'auto' | 'json' | 'ndjson'
}

export interface SplitFile {
  readonly form: 'resource' | 'bundle' | 'ndjson'
  readonly resources: readonly SplitResource[]
  readonly failures: readonly SplitFailure[]
}

/**
 * Splits a file into the resources it holds: one resource, a Bundle of any type, or NDJSON.
 * Each resource keeps the exact bytes of its own text. An entry or line that fails is listed with a
 * code and its position, and the rest go on; the whole is refused when its structure cannot be read:
 * `json.syntax`, `json.depth`, `json.size`, `json.encoding`, `fhir.bundle`, or, for a file that is one
 * resource, any code of identifyResource.
 */
export const splitResources = (text: Uint8Array, options: SplitOptions = {}): Result<SplitFile> => {
  const format = options.format ?? 'auto'
  const maxBytes = options.maxBytes ?? JSON_SIZE_MAX_BYTES
  if (text.length > maxBytes) {
    return refuse('json.size', `The text is ${text.length} bytes; the limit is ${maxBytes}.`)
  }
  if (format === 'ndjson' || (format === 'auto' && looksLikeNdjson(text))) {
    return ok({ form: 'ndjson', ...splitNdjson(text, options) })
  }
  const read = readJsonDocument(text, options)
  if (!read.ok) return read
  const { value } = read.value
  if (isJsonObject(value) && value.resourceType === 'Bundle') {
    const parts = splitBundle(text, value, read.value)
    return parts.ok ? ok({ form: 'bundle', ...parts.value }) : parts
  }
  const one = identifyResource(text, { value, flaws: read.value.flaws, span: spanOf(value, read.value) })
  return one.ok ? ok({ form: 'resource', resources: [one.value], failures: [] }) : one
}

const spanOf = (value: JsonValue, document: JsonDocument): ByteSpan =>
  (isJsonObject(value) ? document.spans.get(value) : undefined) ?? { start: 0, end: 0 }
