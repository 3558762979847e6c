import { didFromAccountId, equalBytes, hexFromBytes, PART2_NOTICE, type Part2Copy } from '@medchain/core'
import type { GrantInfo } from '../client/api-types.ts'
import { createPart2Lookup } from '../client/part2-programs.ts'
import { consentJson, consentLines, findPart2Copy } from '../consenting/find-copy.ts'
import { shortId } from '../format/id.ts'
import { rfc3339 } from '../format/time.ts'
import type { Acting } from './acting.ts'
import type { Candidate } from './candidates.ts'
import { bytesOfId, idOfDid, readGrants } from './chain-facts.ts'

/** The consent as the patient signed it, proven by the chain. */
type ConsentCopy = {
  readonly grantId: string
  readonly elements: ReturnType<typeof consentJson>
  /** Hexadecimal; with the elements it gives the digest on the chain. */
  readonly salt: string
}

/** What travels with a disclosure under 42 CFR Part 2. */
export interface Part2Notice {
  /** In the words of 42 CFR 2.32. */
  readonly notice: string
  /** What the patient consented to, in a sentence for each grant. */
  readonly consent: readonly string[]
  /** Copies of the written consents behind these grants, as far as they are here. */
  readonly copies: readonly ConsentCopy[]
  readonly programs: readonly string[]
}

const grantsFor = async (
  { client }: Acting,
  { chart }: Candidate,
  nowMs: number,
): Promise<readonly GrantInfo[]> => {
  const parties = [chart.actor.id, ...(chart.institution ? [chart.institution] : [])].map(didFromAccountId)
  return (await readGrants(client, chart.chart)).filter(
    ({ grantee, isDeny, revokedHeight, untilMs }) =>
      parties.includes(grantee) && !isDeny && revokedHeight === null && nowMs < untilMs,
  )
}

const explained = (
  { grantId, purposes, fromMs, untilMs, scopeDigest }: GrantInfo,
  { chart }: Candidate,
): string =>
  `The patient consents (grant ${grantId.slice(0, 12)}) that you read ${
    scopeDigest === null ? `what is in ${chart.compartment}` : `listed records of ${chart.compartment}`
  } for ${purposes.join(', ')}, from ${rfc3339(fromMs)} until ${rfc3339(untilMs)}, unless it is revoked before.`

const copyFor = async (
  acting: Acting,
  { grantId }: GrantInfo,
  { chart: { institution } }: Candidate,
): Promise<Part2Copy | undefined> => {
  const { actor, secrets } = acting.identity
  const own = [secrets.sealingSecret, ...(secrets.formerSealing ?? [])]
  const node = institution ?? (await acting.client.institution())
  return findPart2Copy(acting, bytesOfId(grantId), { actor, node, secrets: own })
}

/**
 * The notice, the written consents and an explanation of each for what was read of programmes' records (42 CFR 2.32):
 * nothing for the patient and for the programme itself.
 */
export const part2NoticeOf = async (
  acting: Acting,
  read: readonly Candidate[],
  members: readonly { readonly did: string; readonly name: string }[],
  nowMs: number,
): Promise<Part2Notice | undefined> => {
  const isPart2 = createPart2Lookup(acting.client)
  const consent = new Map<string, string>()
  const copies = new Map<string, ConsentCopy>()
  const programs = new Set<string>()
  const batches = new Map(read.map((candidate) => [candidate.batch.batchId, candidate]))
  for (const candidate of batches.values()) {
    const { batch, chart } = candidate
    const institution = idOfDid(batch.institution)
    const isOwn = chart.isOwn || (chart.institution && equalBytes(chart.institution, institution))
    if (isOwn || !(await isPart2(institution, batch.height))) continue
    programs.add(members.find(({ did }) => did === batch.institution)?.name ?? batch.institution)
    for (const grant of await grantsFor(acting, candidate, nowMs)) {
      const { grantId } = grant
      if (consent.has(grantId)) continue
      consent.set(grantId, explained(grant, candidate))
      const copy = await copyFor(acting, grant, candidate)
      if (copy)
        copies.set(grantId, { grantId, elements: consentJson(copy.consent), salt: hexFromBytes(copy.salt) })
    }
  }
  if (programs.size === 0) return undefined
  return {
    notice: PART2_NOTICE,
    consent: [...consent.values()],
    copies: [...copies.values()],
    programs: [...programs],
  }
}

/** The same as lines for people. */
export const noticeText = ({ notice, consent, copies, programs }: Part2Notice): string =>
  [
    `From ${programs.join(', ')}: ${notice}`,
    ...consent,
    ...copies.flatMap(({ grantId, elements }) => [
      `The written consent behind grant ${shortId(grantId)}:`,
      ...consentLines(elements),
    ]),
  ].join('\n')

/** Beside an export. */
export const NOTICE_FILE = 'NOTICE-42-CFR-PART-2.txt'
