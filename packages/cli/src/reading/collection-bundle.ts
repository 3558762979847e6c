import type { FileHandle } from 'node:fs/promises'
import { isJsonObject, readJson } from '@medchain/core'

/** A record as an export writes it. */
export interface ExportedRecord {
  readonly id: string
  readonly mediaType: string
  readonly fullUrl: string | undefined
  readonly bytes: Uint8Array
}

/** One JSON object of that media type: anything else could end its entry and begin others in its author’s place. */
const isResource = ({ mediaType }: ExportedRecord, text: Uint8Array): boolean => {
  if (!/^application\/fhir\+json\b/.test(mediaType)) return false
  const parsed = readJson(text)
  return parsed.ok && isJsonObject(parsed.value)
}

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

const withoutMark = (bytes: Uint8Array): Uint8Array =>
  BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte) ? bytes.subarray(3) : bytes

const resourceOf = (record: ExportedRecord): Uint8Array => {
  const { id, mediaType, bytes } = record
  const text = withoutMark(bytes)
  // A resource keeps its own text: parsing and printing it again would change its decimals.
  if (isResource(record, text)) return text
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
  return Buffer.from(JSON.stringify({ resourceType: 'Binary', id, contentType: mediaType, data }))
}

/** Writes a FHIR R4 collection Bundle record by record. */
export const createCollectionWriter = async (file: Pick<FileHandle, 'write'>, timestamp: string) => {
  await file.write(
    `{"resourceType":"Bundle","type":"collection","timestamp":${JSON.stringify(timestamp)},"entry":[`,
  )
  let count = 0
  return {
    add: async (record: ExportedRecord): Promise<void> => {
      const fullUrl = record.fullUrl === undefined ? '' : `"fullUrl":${JSON.stringify(record.fullUrl)},`
      await file.write(`${count === 0 ? '' : ','}\n{${fullUrl}"resource":`)
      await file.write(resourceOf(record))
      await file.write('}')
      count++
    },
    finish: async (): Promise<void> => void (await file.write('\n]}\n')),
  }
}
