import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { createGunzip, gunzip } from 'node:zlib'
import { JSON_SIZE_MAX_BYTES, type SplitFailure, type SplitResource, splitResources } from '@medchain/core'
import { CommandError } from '../command-error.ts'
import type { FoundFile } from './find-files.ts'
import { readLines } from './read-lines.ts'

/** Resources that are judged together, and what failed beside them. */
export interface ResourcePortion {
  readonly resources: readonly SplitResource[]
  readonly failures: readonly { readonly code: string; readonly message: string }[]
}

const unpack = promisify(gunzip)

const tooLarge = (sizeBytes: number | undefined): CommandError =>
  new CommandError(
    'json.size',
    `The file is ${sizeBytes === undefined ? 'larger than' : `${sizeBytes} bytes; JSON is read up to`} ` +
      `${JSON_SIZE_MAX_BYTES} bytes. Hand in a larger one as NDJSON, or whole with --media-type.`,
  )

const compressionError = (error: unknown): unknown => {
  const { code = '' } = error as NodeJS.ErrnoException
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(undefined)
  return /^(Z_|ERR_ZLIB)/.test(code)
    ? new CommandError('file.compression', 'The file is damaged as gzip.')
    : error
}

const placed = (
  failures: readonly SplitFailure[],
  unit: 'Entry' | 'Line',
  first: number,
): ResourcePortion['failures'] =>
  failures.map(({ code, message, index }) => ({ code, message: `${unit} ${first + index + 1}: ${message}` }))

const looksLikeJson = (text: Uint8Array): boolean =>
  /^\uFEFF?\s*[{[]/.test(Buffer.from(text.subarray(0, 1024)).toString('utf8'))

/** The whole of a JSON file. Its size is judged before it is read. */
async function* readJsonFile(file: FoundFile): AsyncGenerator<ResourcePortion> {
  if (file.sizeBytes > JSON_SIZE_MAX_BYTES) throw tooLarge(file.sizeBytes)
  const stored = await readFile(file.path)
  const text = file.isCompressed ? await unpack(stored, { maxOutputLength: JSON_SIZE_MAX_BYTES }) : stored
  const split = splitResources(text)
  if (!split.ok && split.code === 'json.syntax' && !looksLikeJson(text))
    throw new CommandError(
      split.code,
      'The file holds no FHIR; --media-type TYPE takes a file of any kind as it is.',
    )
  if (!split.ok) throw new CommandError(split.code, split.message)
  const { form, resources, failures } = split.value
  yield { resources, failures: placed(failures, form === 'ndjson' ? 'Line' : 'Entry', 0) }
}

async function* readNdjsonFile(file: FoundFile): AsyncGenerator<ResourcePortion> {
  const stored = createReadStream(file.path, { highWaterMark: 1024 * 1024 })
  const unpacked = createGunzip()
  stored.once('error', (error) => unpacked.destroy(error))
  try {
    for await (const { text, firstLine } of readLines(file.isCompressed ? stored.pipe(unpacked) : stored)) {
      const split = splitResources(text, { format: 'ndjson' })
      if (!split.ok) throw new CommandError(split.code, split.message)
      yield { resources: split.value.resources, failures: placed(split.value.failures, 'Line', firstLine) }
    }
  } finally {
    stored.destroy()
    unpacked.destroy()
  }
}

/**
 * The resources of a FHIR file, in portions of bounded size. Throws a CommandError when the file as a whole
 * cannot be read: `json.*`, `fhir.*`, `file.compression`.
 */
export async function* readResources(file: FoundFile): AsyncGenerator<ResourcePortion> {
  try {
    yield* file.form === 'ndjson' ? readNdjsonFile(file) : readJsonFile(file)
  } catch (error) {
    throw compressionError(error)
  }
}
