import { JSON_SIZE_MAX_BYTES } from '@medchain/core'
import { CommandError } from '../command-error.ts'

const PORTION_BYTES = 8 * 1024 * 1024
const LINE_FEED = 0x0a

export interface LinePortion {
  readonly text: Uint8Array
  /** Number of its first line, from 0. */
  readonly firstLine: number
}

const countLines = (text: Uint8Array): number => {
  let lines = 0
  for (let at = text.indexOf(LINE_FEED); at >= 0; at = text.indexOf(LINE_FEED, at + 1)) lines++
  return lines
}

/** A stream cut after line feeds into portions of about 8 MiB; `json.size` for a line over the limit of JSON. */
export async function* readLines(
  stream: AsyncIterable<Uint8Array>,
  portionBytes: number = PORTION_BYTES,
): AsyncGenerator<LinePortion> {
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  let firstLine = 0
  for await (const chunk of stream) {
    waiting.push(chunk)
    waitingBytes += chunk.length
    const cut = waitingBytes < portionBytes ? -1 : chunk.lastIndexOf(LINE_FEED)
    if (cut < 0) {
      if (waitingBytes <= JSON_SIZE_MAX_BYTES) continue
      throw new CommandError(
        'json.size',
        `Line ${firstLine + 1} is longer than ${JSON_SIZE_MAX_BYTES} bytes.`,
      )
    }
    const all = Buffer.concat(waiting)
    const end = all.length - (chunk.length - cut - 1)
    const text = all.subarray(0, end)
    yield { text, firstLine }
    firstLine += countLines(text)
    waiting = [all.subarray(end)]
    waitingBytes = all.length - end
  }
  if (waitingBytes > 0) yield { text: Buffer.concat(waiting), firstLine }
}
