// Which seed caught which mutant the last time. A hint only: what seeds draw may have changed since, and then the
// search goes on from the first one.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const file = path.join(import.meta.dirname, 'mutant-seeds.json')

export const readCaught = (): readonly (readonly [name: string, seed: number])[] =>
  Object.entries(JSON.parse(readFileSync(file, 'utf8')))

export const writeCaught = (caught: readonly (readonly [name: string, seed: number | undefined])[]): void =>
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(caught), undefined, 2)}\n`)
