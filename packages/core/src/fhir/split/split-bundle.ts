import { ok, type Result, refuse } from '../../encoding/result.ts'
import type { JsonDocument } from '../json/read-json.ts'
import {
  type ByteSpan,
  isJsonArray,
  isJsonObject,
  type JsonFlaw,
  type JsonObject,
  type JsonValue,
} from '../json/value.ts'
import { identifyResource, type SplitFailure, type SplitResource } from './identify-resource.ts'

export interface SplitParts {
  readonly resources: SplitResource[]
  readonly failures: SplitFailure[]
}

/**
 * The resources of a parsed Bundle of any type, in order. A flaw inside one entry fails that entry;
 * a flaw outside every entry (a second `entry` member, say) refuses the whole with its `json.*` code.
 * A Bundle inside a Bundle is one resource, kept whole: a document is signed as a unit.
 * Codes per entry: those of identifyResource, `fhir.entry`, `fhir.entry-empty`, `fhir.entry-request`.
 */
export const splitBundle = (
  text: Uint8Array,
  bundle: JsonObject,
  document: JsonDocument,
): Result<SplitParts> => {
  const entries = bundle.entry
  if (entries !== undefined && !isJsonArray(entries)) {
    return refuse('fhir.bundle', 'The entry of a Bundle is a list; this is not one.')
  }
  const list = entries ?? []
  const spans = list.map((entry) => (isJsonObject(entry) ? document.spans.get(entry) : undefined))
  const allotted = allotFlaws(document.flaws, spans)
  if (!allotted.ok) return allotted
  const parts: SplitParts = { resources: [], failures: [] }
  list.forEach((entry, index) => {
    const offset = spans[index]?.start ?? 0
    const judged = judgeEntry(text, entry, allotted.value[index] ?? [], document)
    if (judged.ok) parts.resources.push(judged.value)
    else parts.failures.push({ code: judged.code, message: judged.message, index, offset })
  })
  return ok(parts)
}

const judgeEntry = (
  text: Uint8Array,
  entry: JsonValue,
  flaws: readonly JsonFlaw[],
  document: JsonDocument,
): Result<SplitResource> => {
  if (!isJsonObject(entry)) return refuse('fhir.entry', 'An entry of a Bundle is an object; this is not one.')
  const method = isJsonObject(entry.request) ? entry.request.method : undefined
  if (method === 'DELETE' || method === 'PATCH') {
    return refuse('fhir.entry-request', `The entry asks for a ${method}; an import only adds records.`)
  }
  const { resource } = entry
  if (resource === undefined) return refuse('fhir.entry-empty', 'The entry holds no resource.')
  const span = isJsonObject(resource) ? document.spans.get(resource) : undefined
  return identifyResource(text, {
    value: resource,
    fullUrl: entry.fullUrl,
    flaws,
    span: span ?? { start: 0, end: 0 },
  })
}

// Flaws and spans both come in the order of the text, except that a duplicate key is noted after its value.
const allotFlaws = (
  flaws: readonly JsonFlaw[],
  spans: readonly (ByteSpan | undefined)[],
): Result<readonly (readonly JsonFlaw[])[]> => {
  const allotted: JsonFlaw[][] = spans.map(() => [])
  for (const flaw of flaws) {
    const index = spans.findIndex(
      (span) => span !== undefined && flaw.offset >= span.start && flaw.offset < span.end,
    )
    const home = allotted[index]
    if (home === undefined)
      return refuse(flaw.code, `The file holds ${flaw.message}, at byte ${flaw.offset}.`)
    home.push(flaw)
  }
  return ok(allotted)
}
