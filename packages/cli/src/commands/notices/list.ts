import {
  base32FromBytes,
  didFromAccountId,
  equalBytes,
  hexFromBytes,
  type Notice,
  noticeAcknowledge,
} from '@medchain/core'
import { findAccount, findChart } from '../../client/accounts.ts'
import { type ProvenMember, provenMembers } from '../../client/proven-members.ts'
import type { CommandContext } from '../../command-context.ts'
import { emergencyJson } from '../../emergencies/emergency-row.ts'
import { knownEmergencies } from '../../emergencies/known-emergencies.ts'
import { groupNotices, type NoticeGroup, stepsOf } from '../../emergencies/notice-groups.ts'
import { noteNothing, noticesAt } from '../../emergencies/notices.ts'
import { shortDid, shortId } from '../../format/id.ts'
import { printable } from '../../format/printable.ts'
import { factsText } from '../../format/table.ts'
import { rfc3339 } from '../../format/time.ts'
import { type Acting, actAs, ownChartsOf } from '../../reading/acting.ts'
import { idOfDid } from '../../reading/chain-facts.ts'
import { readKnown } from '../../wallet/contacts.ts'
import { type CommandAction, isSet } from '../command-spec.ts'

interface WaitingNotice extends Notice {
  /** Institution that keeps it. */
  readonly node: Uint8Array
}

/** Institutions that registered the patient's charts, the serving one first; for others the serving one alone. */
const homesOf = async (context: CommandContext, acting: Acting): Promise<readonly Uint8Array[]> => {
  const serving = await acting.client.institution()
  const charts = acting.isPatient ? await ownChartsOf(context, acting) : []
  const facts = await Promise.all(charts.map(({ chart }) => findChart(acting.client, chart)))
  const sponsors = facts.flatMap((each) => (each ? [idOfDid(each.sponsor)] : []))
  return [...new Map([serving, ...sponsors].map((id) => [hexFromBytes(id), id])).values()]
}

const waitingFor = async (context: CommandContext, acting: Acting): Promise<readonly WaitingNotice[]> => {
  const homes = await homesOf(context, acting)
  const all = await Promise.all(
    homes.map(async (node) =>
      (await noticesAt(acting.client, acting.identity, node)).map((each) => ({ ...each, node })),
    ),
  )
  return all.flat().sort((a, b) => b.timeMs - a.timeMs)
}

/** What concerns no chart. */
const RECOVERY_SENTENCES: ReadonlyMap<string, string> = new Map([
  ['recovery.announced', 'Somebody asks to recover your record. If it is not you: medchain recover veto'],
  ['recovery.overruled', 'The veto of the recovery of your record was set aside: medchain recover status'],
])

/** Names of those who acted: a contact's, an institution's, or a person's with the institution that vouches. */
const namesOf = async (
  context: CommandContext,
  { client }: Acting,
  members: readonly ProvenMember[],
  ids: readonly Uint8Array[],
): Promise<ReadonlyMap<string, string>> => {
  const contacts = await readKnown((await context.wallet()).files)
  const dids = [...new Set(ids.map(didFromAccountId))]
  return new Map(
    await Promise.all(
      dids.map(async (did): Promise<readonly [string, string]> => {
        const known = [...contacts, ...members].find((each) => each.did === did)?.name
        if (known !== undefined) return [did, known]
        const account = await findAccount(client, did)
        const home = members.find((member) => member.did === account?.sponsor)?.name
        return [did, home === undefined ? shortDid(did) : `${shortDid(did)} (${home})`]
      }),
    ),
  )
}

const groupText = (group: NoticeGroup, names: ReadonlyMap<string, string>): string => {
  const { emergencyId, notices, emergencies } = group
  const nameOf = (id: Uint8Array): string => names.get(didFromAccountId(id)) ?? shortDid(didFromAccountId(id))
  if (emergencyId === undefined)
    return notices
      .map(({ timeMs, kind }) => `${rfc3339(timeMs)}  ${RECOVERY_SENTENCES.get(kind) ?? kind}`)
      .join('\n')
  const [first] = emergencies
  const compartments = emergencies.flatMap(({ details }) => details?.compartment ?? []).sort()
  const facts: (readonly [string, string])[] = [
    ['Emergency', shortId(emergencyId)],
    ...(first
      ? [['Reason', `${first.reason}${first.details ? `: ${first.details.text}` : ''}`] as const]
      : []),
    [
      'Opened',
      compartments.join(', ') || (emergencies.length > 1 ? `${emergencies.length} charts` : 'a chart'),
    ],
  ]
  const steps = stepsOf(group).map(
    ({ what, actor, timeMs }) =>
      `  ${rfc3339(timeMs)}  ${what}${actor ? ` (${printable(nameOf(actor))})` : ''}`,
  )
  return [factsText(facts), ...steps].join('\n')
}

const acknowledge = async (
  { client, identity }: Acting,
  notices: readonly WaitingNotice[],
): Promise<void> => {
  const homes = new Map(notices.map(({ node }) => [hexFromBytes(node), node]))
  for (const [name, node] of homes) {
    const ids = notices.filter((each) => hexFromBytes(each.node) === name).map(({ id }) => id)
    await client.call(noticeAcknowledge, { ids }, identity.actor, { node })
  }
}

/** What the person has not acknowledged yet, newest first. */
export const listNotices: CommandAction = async (context, input) => {
  noteNothing(context)
  const acting = await actAs(context)
  const all = await waitingFor(context, acting)
  const known = all.length === 0 || !acting.isPatient ? [] : await knownEmergencies(context, acting)
  const { limit, isJson } = context.options
  const allGroups = groupNotices(all, known)
  // Scripts page through notices, people through what they are about.
  const groups = isJson ? groupNotices(all.slice(0, limit), known) : allGroups.slice(0, limit)
  const waiting = groups.flatMap(({ notices }) => notices).sort((a, b) => b.timeMs - a.timeMs)
  const members = waiting.length === 0 ? [] : await provenMembers(acting.client)
  const actors = waiting.flatMap(({ actor }) => actor ?? [])
  const names = await namesOf(context, acting, members, actors)
  const isAcknowledged = isSet(input, 'acknowledge')
  if (isAcknowledged) await acknowledge(acting, waiting)
  const nowMs = context.host.now()
  const aboutOf = ({ reference }: Notice) => known.find(({ id }) => reference && equalBytes(id, reference))
  const more = allGroups.length - groups.length
  const hints = [
    ...(more > 0 && !isJson ? [`${more} more: without --limit all are shown.`] : []),
    ...(waiting.length > 0 && !isAcknowledged ? ['medchain notices --acknowledge puts them away.'] : []),
  ]
  return {
    json: {
      notices: waiting.map((notice) => {
        const emergency = aboutOf(notice)
        return {
          noticeId: base32FromBytes(notice.id),
          kind: notice.kind,
          at: rfc3339(notice.timeMs),
          chart: notice.chart ? didFromAccountId(notice.chart) : null,
          actor: notice.actor ? didFromAccountId(notice.actor) : null,
          reference: notice.reference ? base32FromBytes(notice.reference) : null,
          emergency: emergency ? emergencyJson(emergency, nowMs) : null,
        }
      }),
      groups: groups.map(({ emergencyId, notices }) => ({
        set: emergencyId ?? null,
        notices: notices.map(({ id }) => base32FromBytes(id)),
      })),
      acknowledged: isAcknowledged,
      waiting: all.length,
    },
    text:
      groups.length === 0
        ? 'Nothing waits for you.'
        : [...groups.map((group) => groupText(group, names)), ...hints].join('\n\n'),
  }
}
