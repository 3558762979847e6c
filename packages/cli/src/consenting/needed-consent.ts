import { readFile } from 'node:fs/promises'
import {
  base32FromBytes,
  batchIdFromRecordId,
  isPart2ConsentTooLong,
  missingPart2Elements,
  type Part2Consent,
  type Purpose,
} from '@medchain/core'
import { batchesOfChart } from '../client/accounts.ts'
import type { NodeClient } from '../client/node-client.ts'
import { createPart2Lookup } from '../client/part2-programs.ts'
import { type ProvenMember, provenMembers } from '../client/proven-members.ts'
import { fail } from '../command-error.ts'
import { rfc3339 } from '../format/time.ts'
import { idOfDid } from '../reading/chain-facts.ts'

type Draft = { readonly [Name in keyof Part2Consent]?: string | undefined }

export const ELEMENT_NAMES: Readonly<Record<keyof Part2Consent, string>> = {
  patient: 'the patient’s name',
  discloser: 'who discloses',
  description: 'a specific description of the information',
  recipient: 'who receives it',
  purpose: 'the purpose',
  rightToRevoke: 'the right to revoke',
  expiry: 'when it ends',
  signature: 'the patient’s signature',
  date: 'the date of signing',
  redisclosure: 'the statement on redisclosure',
  refusalConsequences: 'the consequences of refusing',
}

/** What a grant is to open: records of a chart, all of it when none are listed. */
export interface OpenedPart {
  readonly chart: Uint8Array
  readonly recordIds: readonly Uint8Array[]
}

/** Ids of batches, in base32, that programmes under 42 CFR Part 2 wrote, with the programme's DID. */
export const part2BatchesOf = async (
  client: NodeClient,
  chart: Uint8Array,
): Promise<ReadonlyMap<string, string>> => {
  const isPart2 = createPart2Lookup(client)
  const found = new Map<string, string>()
  for (const { batchId, institution, height } of await batchesOfChart(client, chart))
    if (await isPart2(idOfDid(institution), height)) found.set(batchId, institution)
  return found
}

/** Programmes that wrote what the parts open. */
const programsIn = async (
  client: NodeClient,
  parts: readonly OpenedPart[],
): Promise<readonly ProvenMember[]> => {
  const found = new Set<string>()
  for (const { chart, recordIds } of parts) {
    const batches = await part2BatchesOf(client, chart)
    const opened =
      recordIds.length === 0
        ? [...batches.keys()]
        : recordIds.map((recordId) => base32FromBytes(batchIdFromRecordId(recordId)))
    for (const batchId of opened) {
      const program = batches.get(batchId)
      if (program !== undefined) found.add(program)
    }
  }
  if (found.size === 0) return []
  const members = await provenMembers(client)
  return members.filter(({ did }) => found.has(did))
}

const readDraft = async (file: string | undefined): Promise<Draft> => {
  if (file === undefined) return {}
  const text = await readFile(file, 'utf8').catch(() => fail('file.not-found', `There is no ${file}.`))
  try {
    const document: unknown = JSON.parse(text)
    if (typeof document === 'object' && document !== null) {
      const texts = Object.entries(document).filter(([, value]) => typeof value === 'string')
      return Object.fromEntries(texts)
    }
  } catch {
    // Told below, as any other file that is no consent.
  }
  return fail('consent.part2-file', `${file} is no JSON object with the elements of the consent.`)
}

/** What is granted, as far as the consent says it. */
export interface ConsentTerms {
  readonly mode: string
  readonly purposes: readonly Purpose[]
  readonly untilMs: number
  readonly isDeny: boolean
  /** File with the elements that nobody else knows. */
  readonly part2File?: string | undefined
}

const isPermission = ({ isDeny, mode, purposes }: ConsentTerms): boolean =>
  !isDeny && mode !== 'write' && !purposes.includes('HRESCH')

/** A written consent with all its elements, and the programmes that disclose under it. */
export interface NeededConsent {
  readonly consent: Part2Consent
  readonly programs: readonly ProvenMember[]
}

const NAME_THE_FILE = 'Write them into a JSON file and name it with --part2 FILE.'

/**
 * The written consent that grants need: none where they open nothing of a programme under 42 CFR Part 2. What the
 * command knows is filled in; `consent.part2` names each element that is still missing.
 */
export const neededConsent = async (
  client: NodeClient,
  parts: readonly OpenedPart[],
  terms: ConsentTerms,
  grantee: { readonly name: string },
  nowMs: number,
): Promise<NeededConsent | undefined> => {
  if (!isPermission(terms)) return undefined
  const programs = await programsIn(client, parts)
  if (programs.length === 0) return undefined
  const names = programs.map(({ name, did }) => name || did).join(', ')
  const draft: Draft = {
    discloser: names,
    recipient: grantee.name,
    purpose: terms.purposes.join(', '),
    expiry: rfc3339(terms.untilMs),
    date: rfc3339(nowMs),
    ...(await readDraft(terms.part2File)),
  }
  const missing = missingPart2Elements(draft, terms.purposes)
  if (missing.length > 0) {
    const lacks = missing.map((name) => `${ELEMENT_NAMES[name]} (${name})`).join(', ')
    return fail(
      'consent.part2',
      `Records of ${names} are under 42 CFR Part 2; the consent lacks ${lacks}.`,
      NAME_THE_FILE,
    )
  }
  const consent = draft as Part2Consent
  return isPart2ConsentTooLong(consent)
    ? fail('consent.part2-file', 'The elements of the consent are longer than 24 KiB together.')
    : { consent, programs }
}

/** The written consent of an earlier grant, for records that came later. */
export const laterConsent = async (
  client: NodeClient,
  parts: readonly OpenedPart[],
  consent: Part2Consent,
): Promise<NeededConsent> => ({ consent, programs: await programsIn(client, parts) })
