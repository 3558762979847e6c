import { readdirSync } from 'node:fs'
import path from 'node:path'

const NAME = /^(\d{12})\.blocks$/

export interface Segment {
  /** Height of the first block in it; its name. */
  readonly first: number
  readonly file: string
}

export const segmentOf = (folder: string, first: number): Segment => ({
  first,
  file: path.join(folder, `${String(first).padStart(12, '0')}.blocks`),
})

/** The segments of a folder, lowest heights first. */
export const listSegments = (folder: string): Segment[] =>
  readdirSync(folder)
    .map((name) => NAME.exec(name)?.[1])
    .filter((first) => first !== undefined)
    .map((first) => segmentOf(folder, Number(first)))
    .sort((a, b) => a.first - b.first)

/** The segments that hold nothing from `lowest` on. */
export const segmentsBelow = (folder: string, lowest: number): Segment[] => {
  const segments = listSegments(folder)
  return segments.filter((_, position) => {
    const next = segments[position + 1]
    return next !== undefined && next.first <= lowest
  })
}
