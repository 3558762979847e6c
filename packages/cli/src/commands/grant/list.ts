import { base32FromBytes, bytesFromBase32 } from '@medchain/core'
import { provenHead } from '../../client/proven-head.ts'
import { provenMembers } from '../../client/proven-members.ts'
import { readProven } from '../../client/proven-view.ts'
import type { CommandContext } from '../../command-context.ts'
import { fail, valueOrFail } from '../../command-error.ts'
import { EXIT } from '../../exit-code.ts'
import { shortId } from '../../format/id.ts'
import { tableText } from '../../format/table.ts'
import { rfc3339 } from '../../format/time.ts'
import { bearsEpochs } from '../../rotating/ended-grants.ts'
import { readersOf } from '../../rotating/grantees.ts'
import { openRotatedSession } from '../../rotating/open-rotated-session.ts'
import { readKnown } from '../../wallet/contacts.ts'
import { type DateSpan, dateScopeOf } from '../../wallet/date-scopes.ts'
import type { Session } from '../../wallet/session.ts'
import { type CommandAction, isSet, type JsonValue } from '../command-spec.ts'
import { deliverKeys } from './deliver-keys.ts'
import { extendGrants } from './extend-grants.ts'
import {
  findGrantSets,
  type GrantSet,
  type OwnGrant,
  ownGrantJson,
  rotationOfSet,
  statusOf,
  statusOfSet,
} from './own-grants.ts'
import { findGrantee } from './plan-grants.ts'

interface Named {
  readonly name: string
  readonly did: string
}

/** Which terms a key enforces, and which a rule that every holder checks. */
const enforcementOf = (
  { members }: GrantSet,
  dates: DateSpan | undefined,
): { readonly [term: string]: 'key' | 'rule' } => {
  const info = members[0]?.info
  const hasKey =
    info !== undefined && info.mode !== 'write' && !info.isDeny && !info.purposes.includes('HRESCH')
  const isListed = hasKey && info.scopeDigest !== null
  return {
    compartment: hasKey ? 'key' : 'rule',
    records: isListed ? 'key' : 'rule',
    ...(dates && { dates: isListed ? 'key' : 'rule' }),
    mode: 'rule',
    purpose: 'rule',
    period: 'rule',
  }
}

const isoOf = (timeMs: number | undefined): string | null => (timeMs === undefined ? null : rfc3339(timeMs))

const isMixed = ({ members }: GrantSet): boolean =>
  members.some(({ info }) => info.isDeny) && !members.every(({ info }) => info.isDeny)

const setJson = (
  set: GrantSet,
  { keyring }: Pick<Session, 'keyring'>,
  names: readonly Named[],
  timeMs: number,
): { readonly [key: string]: JsonValue } => {
  const info = set.members[0]?.info
  const dates = dateScopeOf(keyring.current(), set.grantId)
  return {
    grantId: set.grantId,
    grantee: set.grantee,
    granteeName: names.find(({ did }) => did === set.grantee)?.name ?? null,
    compartments: [...new Set(set.members.map(({ chart }) => chart.compartment))],
    records: set.recordCount,
    ...(dates && { dataFrom: isoOf(dates.fromMs), dataUntil: isoOf(dates.untilMs) }),
    mode: info?.mode ?? '',
    purposes: [...new Set(set.members.flatMap((own) => own.info.purposes))],
    from: rfc3339(info?.fromMs ?? 0),
    until: rfc3339(info?.untilMs ?? 0),
    deny: set.members.every((own) => own.info.isDeny),
    // An imported consent with exceptions permits a part and forbids another.
    ...(isMixed(set) && { mixed: true }),
    status: statusOfSet(set, timeMs),
    rotation: rotationOfSet(set, timeMs) ?? null,
    enforcedBy: enforcementOf(set, dates),
    grants: set.members.map((own) => ownGrantJson(own, timeMs)),
  }
}

/** Names of contacts, and of the institutions of the network. */
const knownNames = async ({ wallet, client }: Session): Promise<readonly Named[]> => {
  return [...(await readKnown(wallet.files)), ...(await provenMembers(client))]
}

/** Grants to whole charts whose grantees may have the keys: none that are suspended, or forbidden what was granted. */
const entitledGrants = ({ client, keyring }: Session, timeMs: number): Promise<ReadonlySet<string>> => {
  const { charts } = keyring.current()
  return readProven(client, (view) => {
    const readers = charts.flatMap(({ chartId }) => readersOf(view, chartId, timeMs))
    return new Set(readers.map(({ grant }) => base32FromBytes(grant.grantId)))
  })
}

const resend = async (
  session: Session,
  sets: readonly GrantSet[],
  timeMs: number,
): Promise<readonly string[]> => {
  const left: string[] = []
  const entitled = await entitledGrants(session, timeMs)
  const mayHave = ({ info }: OwnGrant): boolean => !bearsEpochs(info) || entitled.has(info.grantId)
  for (const set of sets) {
    const members = set.members.filter((own) => statusOf(own, timeMs) === 'active' && mayHave(own))
    if (members.length === 0) continue
    const grantee = await findGrantee(session, set.grantee)
    const deliveries = members.map(({ info, chart }) => ({
      ...info,
      chart,
      grantId: valueOrFail(bytesFromBase32(info.grantId)),
    }))
    if ((await deliverKeys(session, grantee, deliveries)).length > 0) left.push(set.grantId)
  }
  return left
}

/** Terms that the given means enforces; what a grant does not limit is no term of it. */
const termsBy = (json: { readonly [key: string]: JsonValue }, means: 'key' | 'rule'): string =>
  Object.entries(json['enforcedBy'] as { readonly [term: string]: string })
    .filter(([term, by]) => by === means && (term !== 'records' || json['records'] !== 0))
    .map(([term]) => term)
    .join(', ')

const rowOf = (
  context: CommandContext,
  set: GrantSet,
  session: Session,
  names: readonly Named[],
  timeMs: number,
): readonly string[] => {
  const json = setJson(set, session, names, timeMs)
  const status = String(json['status'])
  const { paint } = context
  const ended = rotationOfSet(set, timeMs)
  const [first, ...more] = [...(json['compartments'] as readonly string[])].sort()
  return [
    shortId(set.grantId),
    String(json['granteeName'] ?? shortId(set.grantee.replace('did:medchain:', ''))),
    `${json['mixed'] ? 'permits and forbids ' : json['deny'] ? 'forbids ' : ''}${String(json['mode'])}`,
    more.length > 3 ? `${first} and ${more.length} more` : [first, ...more].join(', '),
    (json['purposes'] as readonly string[]).join(', '),
    String(json['until']),
    termsBy(json, 'key') || 'nothing',
    termsBy(json, 'rule'),
    status === 'active' ? paint.good(status) : paint.faint(ended ? `${status}, ${ended}` : status),
  ]
}

const pageOf = (context: CommandContext, sets: readonly GrantSet[]) => {
  const { limit = sets.length, cursor = '0' } = context.options
  const start = /^\d{1,9}$/.test(cursor)
    ? Number(cursor)
    : fail('usage.cursor', 'The cursor is not one of this list.')
  const page = sets.slice(start, start + limit)
  return { page, next: start + page.length < sets.length ? String(start + page.length) : null }
}

/** The patient's grants as the chain has them, oldest first. */
export const listGrants: CommandAction = async (context, input) => {
  const session = await openRotatedSession(context)
  const { headTimeMs } = await provenHead(session.client)
  const timeMs = Math.max(headTimeMs, context.host.now())
  const before = await findGrantSets(session)
  const extended = await extendGrants(context, session, before, timeMs)
  for (const { grantId, records } of extended)
    context.note(`${records} records that came since are now in grant ${shortId(grantId)}.`)
  const all = extended.length > 0 ? await findGrantSets(session) : before
  const chosen = isSet(input, 'active') ? all.filter((set) => statusOfSet(set, timeMs) === 'active') : all
  const { page, next } = pageOf(context, chosen)
  const names = await knownNames(session)
  const undelivered = isSet(input, 'resend') ? await resend(session, all, timeMs) : []
  for (const grantId of undelivered) context.warn(`The keys of ${shortId(grantId)} could not be sent again.`)
  const rows = page.map((set) => rowOf(context, set, session, names, timeMs))
  return {
    json: {
      grants: page.map((set) => setJson(set, session, names, timeMs)),
      next,
      ...(extended.length > 0 && { extended: extended.map((each) => ({ ...each })) }),
    },
    text: tableText(
      ['Grant', 'Given to', 'Mode', 'Compartments', 'Purpose', 'Until', 'By key', 'By rule', 'Now'],
      rows,
      'You gave no grant.',
      context.columns,
    ),
    exitCode: undelivered.length > 0 ? EXIT.partly : EXIT.done,
  }
}
