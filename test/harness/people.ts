import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { generatePatient, type SyntheticPatient } from '../../scripts/synthetic/index.ts'
import type { InstitutionName, LocalNetwork } from './local-network.ts'
import { ask, type RunOptions, type Seat } from './run-medchain.ts'

export interface Person extends Seat {
  readonly name: string
  readonly did: string
  readonly passphraseFile: string
}

export interface RecordRow {
  readonly id: string
  readonly subject: string
  readonly compartment: string
  readonly resourceType: string
  readonly mediaType: string
  readonly title: string
  readonly author: string
  readonly height: number
  readonly sizeBytes: number
}

export interface ImportReport {
  readonly imported: number
  readonly skipped: number
  readonly failed: readonly { readonly path: string; readonly code: string; readonly message: string }[]
  readonly records: readonly RecordRow[]
}

export interface GrantAnswer {
  readonly grantId: string
  readonly grants: readonly {
    readonly chart: string
    readonly compartment: string
    readonly grantId: string
  }[]
  readonly txId: string
  readonly height: number
  readonly transactions?: readonly { readonly txId: string; readonly height: number }[]
}

export type PersonRole = 'patient' | 'practitioner' | 'researcher'

/** Makes an identity in a home of its own and registers it with an institution. */
export const enrol = async (
  network: LocalNetwork,
  at: InstitutionName,
  role: PersonRole,
  name: string,
): Promise<Person> => {
  const home = path.join(network.dir, 'people', name)
  const passphraseFile = path.join(home, 'passphrase')
  mkdirSync(home, { recursive: true })
  writeFileSync(passphraseFile, `key:${randomBytes(32).toString('hex')}\n`, { mode: 0o600 })
  const seat = { home, url: network.urlOf(at), passphraseFile }
  const words = path.join(home, 'words')
  const { did } = await ask<{ did: string }>(seat, [
    'id',
    'create',
    name,
    '--role',
    role,
    '--words-file',
    words,
  ])
  await ask(seat, ['register'])
  return { ...seat, name, did }
}

/** The same person at another institution's node. */
export const seatedAt = (person: Person, network: LocalNetwork, at: InstitutionName): Person => ({
  ...person,
  url: network.urlOf(at),
})

/** A synthetic patient's bundle as a file below the network's folder. */
export const writeBundle = (
  network: LocalNetwork,
  seed: number,
): SyntheticPatient & { readonly file: string } => {
  const patient = generatePatient(seed)
  const file = path.join(network.dir, 'bundles', patient.fileName)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, patient.bundleText)
  return { ...patient, file }
}

export const importFiles = (
  author: Person,
  subject: Person,
  files: readonly string[],
  options: RunOptions & { readonly exitCode?: number } = {},
): Promise<ImportReport> => ask(author, ['record', 'import', ...files, '--subject', subject.did], options)

export interface GrantTerms {
  readonly compartment?: string
  readonly record?: string
  readonly purpose?: string
  readonly until?: string
}

export const grant = (patient: Person, grantee: Person, terms: GrantTerms): Promise<GrantAnswer> => {
  const options = Object.entries(terms).flatMap(([name, value]) => [`--${name}`, String(value)])
  return ask(patient, ['grant', grantee.did, ...options])
}

export const revoke = (patient: Person, grantId: string): Promise<{ height: number; rotation: string }> =>
  ask(patient, ['revoke', grantId])

/** All pages of a listing of records. */
export const listRecords = async (reader: Person, subject?: Person): Promise<RecordRow[]> => {
  const rows: RecordRow[] = []
  let cursor: string | undefined
  do {
    const page: { records: RecordRow[]; next: string | null } = await ask(reader, [
      'records',
      ...['--limit', '1000'],
      ...(subject === undefined ? [] : ['--subject', subject.did]),
      ...(cursor === undefined ? [] : ['--cursor', cursor]),
    ])
    rows.push(...page.records)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return rows
}

/** Runs the work for each item, `width` at a time; results in the items' order. */
export const eachOf = async <T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
  width = 2,
): Promise<R[]> => {
  const results: R[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++
      results[index] = await work(items[index] as T, index)
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
  return results
}
