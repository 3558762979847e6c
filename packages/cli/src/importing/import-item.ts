import { bytesFromText, type Compartment, hashTagged, type RecordDescription } from '@medchain/core'

export const FHIR_JSON = 'application/fhir+json'

/** Where the exact bytes of a record are: in memory, or in a file that is read piece by piece. */
export type ItemContent =
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  | { readonly type: 'file'; readonly path: string }

/** One record to be: a resource of a file, or a whole file. */
export interface ImportItem {
  /** File that it came from, as the person named it. */
  readonly path: string
  readonly content: ItemContent
  readonly sizeBytes: number
  readonly description: RecordDescription
  readonly compartment: Compartment
  /** Under which the institution remembers that it has this item. */
  readonly digest: Uint8Array
}

export interface ImportFailure {
  readonly path: string
  readonly code: string
  readonly message: string
}

/** 32 bytes over person, content and media type; `contentHash` is SHA-256 of the exact bytes. */
export const itemDigest = (person: Uint8Array, contentHash: Uint8Array, mediaType: string): Uint8Array =>
  hashTagged('medchain/import-item/1', person, contentHash, bytesFromText(mediaType))
