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
import type { DescribedEmergency } from '../../emergencies/emergency-details.ts'
import { emergencyJson } from '../../emergencies/emergency-row.ts'
import { knownEmergencies } from '../../emergencies/known-emergencies.ts'
import { noticesAt } from '../../emergencies/notices.ts'
import { shortDid, shortId } from '../../format/id.ts'
import { tableText } from '../../format/table.ts'
import { rfc3339 } from '../../format/time.ts'
import { type Acting, actAs, ownChartsOf } from '../../reading/acting.ts'
import { idOfDid } from '../../reading/chain-facts.ts'
import { readContacts } from '../../wallet/contacts.ts'
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

const SENTENCES: Readonly<Record<string, string>> = {
  'emergency.declared': 'declared an emergency for your',
  'emergency.co-signed': 'co-signed an emergency for your',
  'emergency.closed': 'closed the emergency for your',
  'emergency.reviewed': 'reviewed the emergency for your',
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
  const contacts = await readContacts((await context.wallet()).files)
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

const rowOf = (
  notice: Notice,
  emergency: DescribedEmergency | undefined,
  names: ReadonlyMap<string, string>,
): readonly string[] => {
  const ofRecovery = RECOVERY_SENTENCES.get(notice.kind)
  if (ofRecovery) return [rfc3339(notice.timeMs), ofRecovery, '', '']
  const who = notice.actor ? (names.get(didFromAccountId(notice.actor)) ?? '') : ''
  const compartment = emergency?.details?.compartment
  const why = emergency ? `${emergency.reason}${emergency.details ? `: ${emergency.details.text}` : ''}` : ''
  const verdict = emergency?.review ? (emergency.review.isJustified ? 'justified' : 'unjustified') : undefined
  const what = `${who} ${SENTENCES[notice.kind] ?? notice.kind} ${compartment ?? ''} records`
  const told = notice.kind === 'emergency.reviewed' && verdict !== undefined ? verdict : why
  return [rfc3339(notice.timeMs), what, told, emergency ? shortId(base32FromBytes(emergency.id)) : '']
}

/** What the person has not acknowledged yet, newest first. */
export const listNotices: CommandAction = async (context, input) => {
  const acting = await actAs(context)
  const all = await waitingFor(context, acting)
  const waiting = all.slice(0, context.options.limit)
  const isEmpty = waiting.length === 0
  const known = isEmpty || !acting.isPatient ? [] : await knownEmergencies(context, acting)
  const members = isEmpty ? [] : await provenMembers(acting.client)
  const names = await namesOf(
    context,
    acting,
    members,
    waiting.flatMap(({ actor }) => actor ?? []),
  )
  const aboutOf = ({ reference }: Notice) => known.find(({ id }) => reference && equalBytes(id, reference))
  const isAcknowledged = isSet(input, 'acknowledge')
  if (isAcknowledged) {
    const homes = new Map(waiting.map(({ node }) => [hexFromBytes(node), node]))
    for (const [name, node] of homes) {
      const ids = waiting.filter((each) => hexFromBytes(each.node) === name).map(({ id }) => id)
      await acting.client.call(noticeAcknowledge, { ids }, acting.identity.actor, { node })
    }
  }
  const nowMs = context.host.now()
  const rows = waiting.map((notice) => rowOf(notice, aboutOf(notice), names))
  const hint = isEmpty || isAcknowledged ? '' : '\n\nmedchain notices --acknowledge puts them away.'
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
      acknowledged: isAcknowledged,
      waiting: all.length,
    },
    text: `${tableText(['At', 'What', 'Why', 'Emergency'], rows, 'Nothing waits for you.')}${hint}`,
  }
}
