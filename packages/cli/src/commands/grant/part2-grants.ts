import { readFile } from 'node:fs/promises'
import {
  attestPart2,
  missingPart2Elements,
  type Part2Consent,
  type Purpose,
  part2ConsentDigest,
} from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import { batchesOfChart } from '../../client/accounts.ts'
import { createPart2Lookup } from '../../client/part2-programs.ts'
import { provenMembers } from '../../client/proven-members.ts'
import { submitAs } from '../../client/submit-as.ts'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { rfc3339 } from '../../format/time.ts'
import { idOfDid } from '../../reading/chain-facts.ts'
import { chartActor } from '../../wallet/chart-keys.ts'
import type { Session } from '../../wallet/session.ts'
import type { GrantChoices } from './grant-choices.ts'
import type { Grantee, PlannedGrant } from './plan-grants.ts'
import type { GivenGrant } from './send-grants.ts'

type Draft = { readonly [Name in keyof Part2Consent]?: string | undefined }

const CITATIONS: Readonly<Record<keyof Part2Consent, string>> = {
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

/** Names of the programmes that wrote in the charts of the plan. */
const programsIn = async (
  { client }: Session,
  planned: readonly PlannedGrant[],
): Promise<readonly string[]> => {
  const isPart2 = createPart2Lookup(client)
  const found = new Set<string>()
  for (const { chart } of planned)
    for (const { institution, height } of await batchesOfChart(client, chart.chartId))
      if (!found.has(institution) && (await isPart2(idOfDid(institution), height))) found.add(institution)
  if (found.size === 0) return []
  const members = await provenMembers(client)
  return [...found].map((did) => members.find((member) => member.did === did)?.name ?? did)
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

const isPermission = ({ isDeny, mode, purposes }: GrantChoices): boolean =>
  !isDeny && mode !== 'write' && !purposes.includes('HRESCH' satisfies Purpose)

/**
 * The written consent that a plan needs: none where no programme under 42 CFR Part 2 wrote in its charts. What the
 * command knows is filled in; `consent.part2` names each element that is still missing.
 */
export const part2ConsentFor = async (
  session: Session,
  planned: readonly PlannedGrant[],
  choices: GrantChoices,
  grantee: Grantee,
  nowMs: number,
): Promise<Part2Consent | undefined> => {
  if (!isPermission(choices)) return undefined
  const programs = await programsIn(session, planned)
  if (programs.length === 0) return undefined
  const draft: Draft = {
    discloser: programs.join(', '),
    recipient: grantee.name,
    purpose: choices.purposes.join(', '),
    expiry: rfc3339(choices.untilMs),
    date: rfc3339(nowMs),
    ...(await readDraft(choices.part2File)),
  }
  const missing = missingPart2Elements(draft, choices.purposes)
  if (missing.length === 0) return draft as Part2Consent
  return fail(
    'consent.part2',
    `Records of ${programs.join(', ')} are under 42 CFR Part 2; the consent lacks ${missing
      .map((name) => `${CITATIONS[name]} (${name})`)
      .join(', ')}.`,
    'Write them into a JSON file and name it with --part2 FILE.',
  )
}

/** Says on the chain, of each grant, that the written consent stands behind it: its salted hash. */
export const attestGrants = async (
  context: CommandContext,
  session: Session,
  given: readonly GivenGrant[],
  consent: Part2Consent,
): Promise<void> => {
  await Promise.all(
    given.map(async ({ planned: { chart, terms } }) => {
      const consentDigest = part2ConsentDigest(consent, nodeCiphers.randomBytes(32))
      const payload = { grantId: terms.grantId, consentDigest }
      await submitAs(session.client, chartActor(chart), attestPart2, payload, { timeMs: context.host.now() })
    }),
  )
}
