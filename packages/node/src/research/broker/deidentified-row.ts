import {
  bytesFromText,
  concatBytes,
  deidentifyResource,
  hexFromBytes,
  isJsonObject,
  readJson,
  writeJson,
} from '@medchain/core'

/** What ties pseudonyms to one receiving institution: the same resource has other names elsewhere. */
export interface PseudonymContext {
  readonly receiver: Uint8Array
  readonly pseudonymize: (message: Uint8Array) => Uint8Array
  /** Calendar year of the head's block time. */
  readonly year: number
}

const REFERENCE = /^(?:([A-Z][A-Za-z]+)\/([^/]+)|urn:uuid:(.+))$/

/** Base pseudonym of 16 bytes: HMAC under the node's secret over receiver and name. */
export const pseudonymOf = ({ receiver, pseudonymize }: PseudonymContext, name: string): Uint8Array =>
  pseudonymize(concatBytes(receiver, bytesFromText(name))).slice(0, 16)

const renameReference = (context: PseudonymContext, reference: string): string | undefined => {
  const match = REFERENCE.exec(reference)
  if (!match) return undefined
  const [, type, id, uuid] = match
  const pseudonym = hexFromBytes(pseudonymOf(context, id ?? uuid ?? ''))
  return type === undefined ? `urn:uuid:${pseudonym}` : `${type}/${pseudonym}`
}

/** The research row of a resource, or undefined when nothing of its type is released. */
export const deidentifiedRow = (resource: Uint8Array, context: PseudonymContext): Uint8Array | undefined => {
  const parsed = readJson(resource)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const released = deidentifyResource(parsed.value, {
    pseudonymOf: (reference) => renameReference(context, reference),
    year: context.year,
  })
  return released.ok ? bytesFromText(writeJson(released.value)) : undefined
}
