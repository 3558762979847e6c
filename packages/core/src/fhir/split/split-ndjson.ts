import { type JsonReadOptions, readJsonDocument } from '../json/read-json.ts'
import { identifyResource, type SplitFailure, type SplitResource } from './identify-resource.ts'
import type { SplitParts } from './split-bundle.ts'

const LINE_FEED = 0x0a

const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0d || byte === 0x09

const trimLine = (text: Uint8Array, start: number, end: number): [number, number] => {
  let from = start
  let to = end
  while (from < to && isBlank(text[from])) from += 1
  while (to > from && isBlank(text[to - 1])) to -= 1
  return [from, to]
}

/** Each non-blank line of newline-delimited JSON as its byte range, with its line number from 0. */
export function* linesOf(text: Uint8Array): Generator<{ start: number; end: number; line: number }> {
  const hasMark = text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf
  let at = hasMark ? 3 : 0
  for (let line = 0; at < text.length; line += 1) {
    const feed = text.indexOf(LINE_FEED, at)
    const stop = feed === -1 ? text.length : feed
    const [start, end] = trimLine(text, at, stop)
    if (end > start) yield { start, end, line }
    at = stop + 1
  }
}

/** Where one line closes an object and the next opens one, the file is never one JSON text. */
export const looksLikeNdjson = (text: Uint8Array): boolean => {
  let lines = 0
  let closes = false
  for (const { start, end } of linesOf(text)) {
    if (text[start] !== 0x7b) return false
    lines += 1
    if (lines === 2) return closes
    closes = text[end - 1] === 0x7d
  }
  return false
}

/** The resources of an NDJSON file; a line that cannot be read fails alone, with the codes of readJson. */
export const splitNdjson = (text: Uint8Array, options: JsonReadOptions): SplitParts => {
  const resources: SplitResource[] = []
  const failures: SplitFailure[] = []
  for (const { start, end, line } of linesOf(text)) {
    const own = text.subarray(start, end)
    const document = readJsonDocument(own, options)
    const span = { start: 0, end: own.length }
    const judged = document.ok
      ? identifyResource(own, { value: document.value.value, flaws: document.value.flaws, span })
      : document
    if (!judged.ok) failures.push({ code: judged.code, message: judged.message, index: line, offset: start })
    else resources.push({ ...judged.value, offset: start })
  }
  return { resources, failures }
}
