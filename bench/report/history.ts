import { execFileSync } from 'node:child_process'
import { appendFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import path from 'node:path'
import type { MachineCeiling } from '../machine/ceiling.ts'
import { type Figure, ratioOf } from './figure.ts'

const FILE = path.resolve(import.meta.dirname, '../history.jsonl')

const commit = (): string => {
  try {
    const options = { cwd: import.meta.dirname, encoding: 'utf8' as const }
    const head = execFileSync('git', ['rev-parse', '--short', 'HEAD'], options).trim()
    const isChanged = execFileSync('git', ['status', '--porcelain', '-uno'], options).trim() !== ''
    return isChanged ? `${head} with changes` : head
  } catch {
    return 'unknown'
  }
}

const rounded = (value: number): number | null =>
  Number.isFinite(value) ? Number(value.toPrecision(4)) : null

/** Appends one line for the run: when, what, on which machine, how busy, and each figure with its ratio. */
export const appendHistory = async (
  figures: readonly Figure[],
  ceiling: MachineCeiling,
  { isQuick, loadBefore }: { readonly isQuick: boolean; readonly loadBefore: number },
): Promise<string> => {
  const line = {
    at: new Date().toISOString(),
    commit: commit(),
    quick: isQuick,
    node: process.versions.node,
    ceiling: Object.fromEntries(
      Object.entries(ceiling).map(([name, value]) => [name, rounded(value as number)]),
    ),
    load: [loadBefore, loadavg()[0] ?? 0].map(rounded),
    figures: figures.map((figure) => {
      const ratio = ratioOf(figure, ceiling)
      const { scenario, name, value, unit } = figure
      return {
        scenario,
        name,
        value: rounded(value),
        unit,
        ...(ratio !== undefined && { ratio: rounded(ratio) }),
      }
    }),
  }
  await appendFile(FILE, `${JSON.stringify(line)}\n`)
  return FILE
}
