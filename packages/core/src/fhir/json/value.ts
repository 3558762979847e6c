/** A number as it stood in the text: FHIR decimals carry their precision (`6.50` is not `6.5`). */
export class JsonNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  get value(): number {
    return Number(this.text)
  }

  toJSON(): number {
    return Number(this.text)
  }
}

export type JsonValue = null | boolean | string | JsonNumber | JsonArray | JsonObject
export type JsonArray = readonly JsonValue[]
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined
}

/** Offsets in bytes; `end` is the first byte after the value. */
export interface ByteSpan {
  readonly start: number
  readonly end: number
}

/** A fault that leaves the document's structure readable, so that one broken entry does not cost the rest. */
export interface JsonFlaw {
  readonly code: 'json.duplicate-key' | 'json.lone-surrogate' | 'json.utf8' | 'json.control-character'
  readonly message: string
  readonly offset: number
}

export const isJsonObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber)

export const isJsonArray = (value: JsonValue | undefined): value is JsonArray => Array.isArray(value)

export const isJsonNumber = (value: JsonValue | undefined): value is JsonNumber => value instanceof JsonNumber

type MutableObject = { [key: string]: JsonValue | undefined }

// Fast-mode objects that inherit nothing: a key `__proto__` or `constructor` in a file is a plain key.
const EmptyObject = function EmptyObject() {
  // nothing of its own
} as unknown as new () => MutableObject
EmptyObject.prototype = Object.create(null)

export const emptyJsonObject = (): MutableObject => new EmptyObject()
