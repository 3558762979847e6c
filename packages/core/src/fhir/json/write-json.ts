import { isJsonArray, type JsonArray, JsonNumber, type JsonObject, type JsonValue } from './value.ts'

/** Compact JSON text of a value; numbers keep the digits they were read with, keys their order. */
export const writeJson = (value: JsonValue): string => {
  if (value instanceof JsonNumber) return value.text
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (isJsonArray(value)) return writeArray(value)
  return writeObject(value)
}

const writeArray = (array: JsonArray): string => `[${array.map(writeJson).join(',')}]`

const writeObject = (object: JsonObject): string => {
  const members: string[] = []
  for (const [key, value] of Object.entries(object)) {
    if (value !== undefined) members.push(`${JSON.stringify(key)}:${writeJson(value)}`)
  }
  return `{${members.join(',')}}`
}
