export { auditBundle, provenanceOf } from './audit-event/audit-bundle.ts'
export { auditEventsOf, type FhirJson } from './audit-event/audit-event.ts'
export type { AuthorshipEvent, DisclosureEvent, EventParty } from './audit-event/disclosure-event.ts'
export { assignCompartment, COMPARTMENT_TABLE_VERSION } from './compartments/assign-compartment.ts'
export type { Assignment } from './compartments/default-compartment.ts'
export { assignCompartments } from './compartments/inherit-compartments.ts'
export { compartmentOfCode } from './compartments/sensitive-codes.ts'
export {
  type ConsentScope,
  type ConsentSet,
  type ConsentTerms,
  consentFromSet,
  type ReadConsent,
  termsFromConsent,
} from './consent/index.ts'
export { type DateRange, dateRange, TIME_MAX, TIME_MIN } from './date-range.ts'
export { instantFromMs } from './date-text.ts'
export {
  communicationOfDispute,
  DISPUTE_TEXT_MAX,
  type DisputeStatement,
  textOfDispute,
} from './dispute-communication.ts'
export { headerFromResource, type ResourceHeader } from './header.ts'
export {
  JSON_DEPTH_MAX,
  JSON_SIZE_MAX_BYTES,
  type JsonDocument,
  type JsonReadOptions,
  readJson,
  readJsonDocument,
} from './json/read-json.ts'
export {
  type ByteSpan,
  isJsonArray,
  isJsonNumber,
  isJsonObject,
  type JsonArray,
  type JsonFlaw,
  JsonNumber,
  type JsonObject,
  type JsonValue,
} from './json/value.ts'
export { writeJson } from './json/write-json.ts'
export { isResourceType, RESOURCE_TYPES } from './resource-types.ts'
export { type ExtractOptions, extractSearchValues } from './search/extract-values.ts'
export { groupKeysOf } from './search/group-keys.ts'
export { matchesRows, matchesSearch } from './search/matches-search.ts'
export { parseSearch } from './search/parse-search.ts'
export { createReferenceResolver } from './search/resolve-references.ts'
export { type SearchParameter, searchParametersOf } from './search/search-parameters.ts'
export type {
  DateValue,
  MissingValue,
  QuantityValue,
  ReferenceValue,
  SearchClause,
  SearchKind,
  SearchModifier,
  SearchPrefix,
  SearchQuery,
  SearchRow,
  SearchValue,
  StringValue,
  TokenValue,
  UriValue,
} from './search/search-query.ts'
export type { SplitFailure, SplitResource } from './split/identify-resource.ts'
export { type SplitFile, type SplitOptions, splitResources } from './split/split-resources.ts'
