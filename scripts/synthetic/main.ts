// npx node scripts/synthetic/main.ts --seed 1 --patients 15 --out DIR
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { generatePatient } from './index.ts'

const USAGE = 'usage: npx node scripts/synthetic/main.ts [--seed N] [--patients N] --out DIR'

const wholeNumber = (text: string | undefined, otherwise: number): number => {
  if (text === undefined) return otherwise
  return /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN
}

const run = (): number => {
  const { values } = parseArgs({
    options: { seed: { type: 'string' }, patients: { type: 'string' }, out: { type: 'string' } },
  })
  const seed = wholeNumber(values.seed, 1)
  const patients = wholeNumber(values.patients, 1)
  if (values.out === undefined || Number.isNaN(seed) || Number.isNaN(patients)) {
    console.error(USAGE)
    return 2
  }
  mkdirSync(values.out, { recursive: true })
  for (let index = 0; index < patients; index += 1) {
    const { name, fileName, resources, bundleText } = generatePatient(seed + index)
    const file = path.join(values.out, fileName)
    writeFileSync(file, bundleText)
    console.log(`${file}: ${name}, ${resources} resources`)
  }
  return 0
}

process.exitCode = run()
