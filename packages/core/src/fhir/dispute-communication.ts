import { bytesFromText } from '../encoding/index.ts'
import { SYSTEMS } from './consent/systems.ts'
import { readJson } from './json/read-json.ts'
import { isJsonArray, isJsonObject } from './json/value.ts'

/** What somebody says against a record. */
export interface DisputeStatement {
  /** Record in dispute, base32. */
  readonly recordId: string
  /** The entry's fullUrl of the record in dispute, where it has one. */
  readonly fullUrl: string | undefined
  /** DID of whoever disputes. */
  readonly sender: string
  /** FHIR instant. */
  readonly sent: string
  readonly text: string
}

/** Longest text of a dispute, in UTF-16 units. */
export const DISPUTE_TEXT_MAX = 64 * 1024

/**
 * An R4 Communication about the record, as the guide Patient Request for Corrections exchanges what patients say of
 * their records; UTF-8. The record is named by its identifier, for it may have no resource id.
 */
export const communicationOfDispute = ({
  recordId,
  fullUrl,
  sender,
  sent,
  text,
}: DisputeStatement): Uint8Array => {
  const identifier = { system: SYSTEMS.record, value: recordId }
  const resource = {
    resourceType: 'Communication',
    status: 'completed',
    category: [
      { coding: [{ system: 'urn:medchain:communication', code: 'dispute' }], text: 'Dispute of a record' },
    ],
    about: [{ ...(fullUrl !== undefined && { reference: fullUrl }), identifier }],
    sent,
    sender: { identifier: { system: SYSTEMS.uri, value: sender } },
    payload: [{ contentString: text }],
  }
  return bytesFromText(JSON.stringify(resource))
}

/** The text of a dispute; undefined for bytes that are no Communication with one. */
export const textOfDispute = (bytes: Uint8Array): string | undefined => {
  const read = readJson(bytes)
  const resource = read.ok && isJsonObject(read.value) ? read.value : undefined
  const [part] = resource && isJsonArray(resource['payload']) ? resource['payload'] : []
  const content = isJsonObject(part) ? part['contentString'] : undefined
  return resource?.['resourceType'] === 'Communication' && typeof content === 'string' ? content : undefined
}
