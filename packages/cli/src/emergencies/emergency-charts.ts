import { didFromAccountId, type Emergency, equalBytes, hexFromBytes, stateOfEmergency } from '@medchain/core'
import type { CommandContext } from '../command-context.ts'
import type { Acting } from '../reading/acting.ts'
import type { ReadableChart } from '../reading/readable-charts.ts'
import { refusalError } from '../reading/refusals.ts'
import { provenEmergencies } from './chain-emergencies.ts'
import { type DescribedEmergency, describeEmergencies } from './emergency-details.ts'
import { tellFaults } from './fault-notes.ts'
import { fileDetails } from './file-details.ts'
import { gatherKeys } from './gather-shares.ts'
import { headInHalt } from './halt.ts'
import { type HaltedEmergency, haltedEmergencies, handToAll, tellRefusals } from './halted-emergencies.ts'
import { type KeptKeys, readKeptKeys, writeKeptKeys } from './kept-keys.ts'

/** The emergency that the person declared for each chart: one in force before the newest. */
const newestOwn = async ({ client, identity, now }: Acting): Promise<readonly DescribedEmergency[]> => {
  const listed = (await provenEmergencies(client, identity.id)).filter(({ declarer }) =>
    equalBytes(declarer, identity.id),
  )
  const isOpen = (each: Pick<Emergency, 'fromMs' | 'untilMs' | 'closing'>): boolean =>
    stateOfEmergency(each, now()) === 'in-force'
  // One of a halt comes onto the chain as ended, maybe after the next one was declared.
  const byNeed = listed.toReversed().sort((a, b) => Number(isOpen(a)) - Number(isOpen(b)))
  const newest = new Map(byNeed.map((each) => [hexFromBytes(each.chart), each]))
  return describeEmergencies(client, identity.actor, [...newest.values()])
}

/** What the person declared in the halt, handed to every institution that acts on it. */
const ownInHalt = async (context: CommandContext, acting: Acting): Promise<readonly HaltedEmergency[]> => {
  const { identity, now } = acting
  const own = (await haltedEmergencies(context, acting)).filter(({ declarer }) =>
    equalBytes(declarer, identity.id),
  )
  const inForce = own.filter((each) => stateOfEmergency(each, now()) === 'in-force')
  const answers = await Promise.all(
    inForce.map(({ known: { declaration, byDeclarer, byCoSigner } }) =>
      byCoSigner ? handToAll(acting, identity.actor, { declaration, byDeclarer, byCoSigner }) : [],
    ),
  )
  tellRefusals(context, answers.flat())
  return own
}

const ENDED: Readonly<Record<string, string>> = {
  awaiting: 'emergency.awaiting',
  closed: 'emergency.closed',
  expired: 'emergency.expired',
  lapsed: 'emergency.expired',
}

/** Keys of an emergency in force: those kept here, or what the custodians release now. */
const keysOf = async (
  context: CommandContext,
  acting: Acting,
  { id, chart, institution, details }: DescribedEmergency,
  kept: readonly KeptKeys[],
  minHeight: number,
): Promise<KeptKeys & { readonly isWhole: boolean }> => {
  const known = kept.find(({ emergency }) => equalBytes(emergency, id))
  if (known) return { ...known, isWhole: true }
  const filed = details && (await fileDetails(acting, { id, chart, institution, details }))
  const gathered = await gatherKeys(acting, chart, minHeight, filed?.note)
  await tellFaults(context, acting, gathered)
  const epochs = [...gathered.secrets].map(([epoch, secret]) => ({ epoch, secret }))
  return { emergency: id, epochs, isWhole: gathered.missing.length === 0 }
}

const readable = (
  { identity }: Acting,
  { chart, institution, details }: DescribedEmergency,
  { epochs }: KeptKeys,
): ReadableChart => ({
  chart,
  did: didFromAccountId(chart),
  compartment: details?.compartment ?? 'general',
  subject: details ? didFromAccountId(details.person) : '',
  actor: identity.actor,
  isOwn: false,
  epochSecrets: new Map(epochs.map(({ epoch, secret }) => [epoch, secret])),
  recordLists: [],
  institutionLists: [],
  institution,
})

/**
 * Charts that the person in use opened by an emergency, with the keys that custodians released. Where none is in force
 * the newest one's end is told (`emergency.closed` and the like); nothing for who never declared one. With `only` it is
 * about one chart, and what ended is for its holders to say, unless the chain stands still.
 */
export const findEmergencyCharts = async (
  context: CommandContext,
  acting: Acting,
  subject: Uint8Array | undefined,
  only?: Uint8Array,
): Promise<readonly ReadableChart[]> => {
  const { height, isHalted } = await headInHalt(acting.client, acting.now())
  const own = isHalted ? await ownInHalt(context, acting) : await newestOwn(acting)
  const all = own.filter(
    ({ chart, details }) =>
      (!only || equalBytes(chart, only)) && (!subject || (details && equalBytes(details.person, subject))),
  )
  const inForce = all.filter((each) => stateOfEmergency(each, acting.now()) === 'in-force')
  const [newest] = all
  if (newest && inForce.length === 0 && (!only || isHalted)) {
    const code = ENDED[stateOfEmergency(newest, acting.now())] ?? 'emergency.expired'
    throw refusalError({ ok: false, code, message: 'The emergency has ended.' })
  }
  const { files } = await context.wallet()
  const kept = await readKeptKeys(files, acting.identity)
  const keys = await Promise.all(inForce.map((each) => keysOf(context, acting, each, kept, height)))
  const isKept = ({ emergency }: KeptKeys): boolean =>
    kept.some((each) => equalBytes(each.emergency, emergency))
  const fresh = keys.filter((each) => each.isWhole && !isKept(each))
  if (fresh.length > 0) await writeKeptKeys(files, acting.identity, [...kept, ...fresh])
  return inForce.map((each, index) => readable(acting, each, keys[index] as KeptKeys))
}
