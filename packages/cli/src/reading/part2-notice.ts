import { didFromAccountId, equalBytes, PART2_NOTICE } from '@medchain/core'
import type { NodeClient } from '../client/node-client.ts'
import { createPart2Lookup } from '../client/part2-programs.ts'
import { rfc3339 } from '../format/time.ts'
import type { Candidate } from './candidates.ts'
import { idOfDid, readGrants } from './chain-facts.ts'

/** What travels with a disclosure under 42 CFR Part 2. */
export interface Part2Notice {
  /** In the words of 42 CFR 2.32. */
  readonly notice: string
  /** What the patient consented to, in a sentence for each grant. */
  readonly consent: readonly string[]
  readonly programs: readonly string[]
}

const consentOf = async (
  client: Pick<NodeClient, 'get' | 'networkId' | 'ask'>,
  { chart }: Candidate,
  nowMs: number,
): Promise<readonly string[]> => {
  const parties = [chart.actor.id, ...(chart.institution ? [chart.institution] : [])].map(didFromAccountId)
  const grants = await readGrants(client, chart.chart)
  return grants
    .filter(
      ({ grantee, isDeny, revokedHeight, untilMs }) =>
        parties.includes(grantee) && !isDeny && revokedHeight === null && nowMs < untilMs,
    )
    .map(
      ({ grantId, purposes, fromMs, untilMs, scopeDigest }) =>
        `The patient consents (grant ${grantId.slice(0, 12)}) that you read ${
          scopeDigest === null ? `what is in ${chart.compartment}` : `listed records of ${chart.compartment}`
        } for ${purposes.join(', ')}, from ${rfc3339(fromMs)} until ${rfc3339(untilMs)}, unless it is revoked before.`,
    )
}

/**
 * The notice and an explanation of the consent for what was read of programmes' records (42 CFR 2.32): nothing for
 * the patient and for the programme itself.
 */
export const part2NoticeOf = async (
  client: Pick<NodeClient, 'get' | 'networkId' | 'ask'>,
  read: readonly Candidate[],
  members: readonly { readonly did: string; readonly name: string }[],
  nowMs: number,
): Promise<Part2Notice | undefined> => {
  const isPart2 = createPart2Lookup(client)
  const consent = new Set<string>()
  const programs = new Set<string>()
  const batches = new Map(read.map((candidate) => [candidate.batch.batchId, candidate]))
  for (const candidate of batches.values()) {
    const { batch, chart } = candidate
    const institution = idOfDid(batch.institution)
    const isOwn = chart.isOwn || (chart.institution && equalBytes(chart.institution, institution))
    if (isOwn || !(await isPart2(institution, batch.height))) continue
    programs.add(members.find(({ did }) => did === batch.institution)?.name ?? batch.institution)
    for (const sentence of await consentOf(client, candidate, nowMs)) consent.add(sentence)
  }
  if (programs.size === 0) return undefined
  return { notice: PART2_NOTICE, consent: [...consent], programs: [...programs] }
}

/** The same as lines for people. */
export const noticeText = ({ notice, consent, programs }: Part2Notice): string =>
  [`From ${programs.join(', ')}: ${notice}`, ...consent].join('\n')

/** Beside an export. */
export const NOTICE_FILE = 'NOTICE-42-CFR-PART-2.txt'
