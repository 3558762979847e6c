import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { generatePatient } from '../../scripts/synthetic/index.ts'
import { ask, type Seat } from '../../test/harness/run-medchain.ts'
import type { BenchNetwork } from '../network/bench-network.ts'

export interface BenchPerson extends Seat {
  readonly did: string
  readonly passphraseFile: string
}

/** A person of the first institution, by the real commands. */
export const enrolPerson = async (
  { dir, daemons }: BenchNetwork,
  name: string,
  role: 'patient' | 'practitioner',
): Promise<BenchPerson> => {
  const home = path.join(dir, 'people', name)
  const passphraseFile = path.join(home, 'passphrase')
  mkdirSync(home, { recursive: true })
  writeFileSync(passphraseFile, `passphrase of ${name}\n`, { mode: 0o600 })
  const seat = { home, url: daemons[0]?.apiUrl ?? '', passphraseFile }
  const words = path.join(home, 'words')
  const create = ['id', 'create', name, '--role', role, '--words-file', words]
  const { did } = await ask<{ readonly did: string }>(seat, create)
  await ask(seat, ['register'])
  return { ...seat, did }
}

/** Bundles of invented charts, until there are at least so many resources; the folder and how many there are. */
export const writeCharts = (dir: string, resourcesMin: number): { folder: string; resources: number } => {
  const folder = path.join(dir, 'charts')
  mkdirSync(folder, { recursive: true })
  let resources = 0
  for (let seed = 1; resources < resourcesMin; seed++) {
    const patient = generatePatient(seed)
    writeFileSync(path.join(folder, patient.fileName), patient.bundleText)
    resources += patient.resources
  }
  return { folder, resources }
}
