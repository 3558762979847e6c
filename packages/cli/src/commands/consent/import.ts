import { readFile } from 'node:fs/promises'
import {
  accountIdFromDid,
  bytesFromBase32,
  type ConsentTerms,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  RECORD_ID_BYTES,
  type ReadConsent,
  readJson,
  termsFromConsent,
} from '@medchain/core'
import type { CommandContext } from '../../command-context.ts'
import { CommandError, fail, valueOrFail } from '../../command-error.ts'
import type { NeededConsent } from '../../consenting/needed-consent.ts'
import { EXIT } from '../../exit-code.ts'
import { shortId } from '../../format/id.ts'
import { openRotatedSession } from '../../rotating/open-rotated-session.ts'
import type { Session } from '../../wallet/session.ts'
import { type CommandAction, textOption } from '../command-spec.ts'
import { type GivenSet, givenSetJson, giveSet } from '../grant/give-set.ts'
import { checkNotes, type GrantChoices } from '../grant/grant-choices.ts'
import { findGrantScope, type GrantScope } from '../grant/grant-scope.ts'
import { attestGiven, consentForPlan } from '../grant/part2-plan.ts'
import { findGrantee, type PlannedGrant, planGrants } from '../grant/plan-grants.ts'
import { summaryOf } from '../transaction-summary.ts'

const resourcesIn = (document: JsonObject): readonly JsonObject[] => {
  if (document.resourceType !== 'Bundle') return [document]
  const entries = isJsonArray(document.entry) ? document.entry : []
  return entries.map((entry, index) => {
    const resource = isJsonObject(entry) ? entry.resource : undefined
    return isJsonObject(resource)
      ? resource
      : fail('consent.malformed', `Bundle.entry[${index}].resource: a Consent is expected.`)
  })
}

const readConsents = async (file: string): Promise<readonly ReadConsent[]> => {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT'
      ? fail('file.not-found', `There is no ${file}.`)
      : fail('file.denied', `${file} cannot be read (${error.code ?? 'unknown'}).`),
  )
  const document = valueOrFail(readJson(bytes))
  if (!isJsonObject(document)) return fail('consent.malformed', 'The file holds no JSON object.')
  const resources = resourcesIn(document)
  if (resources.length === 0) return fail('consent.malformed', 'The Bundle holds no Consent.')
  return resources.map((resource, index) => {
    const read = termsFromConsent(resource)
    if (read.ok) return read.value
    const where = resources.length > 1 ? `Bundle.entry[${index}]: ` : ''
    throw new CommandError(read.code, `${where}${read.message}`)
  })
}

/** A file names people by their DIDs and records by whole ids: contacts, cards and beginnings are this person's own words. */
const checkNames = ({ grantee, broker, scope }: ConsentTerms): void => {
  for (const did of [grantee, broker]) if (did !== undefined) valueOrFail(accountIdFromDid(did))
  if (scope.type !== 'records') return
  for (const text of scope.ids) {
    const id = bytesFromBase32(text)
    if (!id.ok || id.value.length !== RECORD_ID_BYTES)
      fail('consent.unsupported', `Consent.provision.data: “${text}” is not the id of a record.`)
  }
}

const choicesOf = (terms: ConsentTerms, part2File: string | undefined): GrantChoices => ({
  grantee: terms.grantee,
  // Listed records are looked for everywhere: a list may name those of several compartments.
  compartments: terms.scope.type === 'records' ? [] : terms.compartments,
  records: terms.scope.type === 'records' ? terms.scope.ids : [],
  dates: terms.scope.type === 'dates' ? terms.scope : undefined,
  mode: terms.mode,
  purposes: terms.purposes,
  fromMs: terms.fromMs,
  untilMs: terms.untilMs,
  broker: terms.broker,
  isDeny: terms.isDeny,
  part2File,
})

interface Part {
  readonly planned: readonly PlannedGrant[]
  readonly dates: GrantScope['dates']
  /** Of those of the planned grants that open records under 42 CFR Part 2. */
  readonly consents: readonly { readonly planned: readonly PlannedGrant[]; readonly needed: NeededConsent }[]
}

const planTerms = async (
  context: CommandContext,
  session: Session,
  terms: ConsentTerms,
  part2File: string | undefined,
): Promise<Part> => {
  checkNames(terms)
  const choices = choicesOf(terms, part2File)
  checkNotes(terms)
  const scope = await findGrantScope(session, choices, context.warn)
  const compartments: readonly string[] = terms.compartments
  const parts = scope.parts.filter(({ chart }) => compartments.includes(chart.compartment))
  const grantee = await findGrantee(session, terms.grantee)
  const planned = await planGrants(session, parts, choices, grantee)
  // A FHIR Consent has no place for the elements of 42 CFR 2.31: they come from a file beside it.
  const needed = await consentForPlan(context, session, planned, choices, grantee)
  return { planned, dates: scope.dates, consents: needed ? [{ planned, needed }] : [] }
}

/** Sets to give: for each grantee one, and one more for each span of dates, which grows by itself. */
const planSets = async (
  context: CommandContext,
  session: Session,
  { terms }: ReadConsent,
  part2File: string | undefined,
): Promise<readonly (Part & { readonly grantee: string })[]> => {
  const whole = new Map<string, Pick<Part, 'planned' | 'consents'>>()
  const dated: (Part & { readonly grantee: string })[] = []
  for (const each of terms) {
    const part = await planTerms(context, session, each, part2File)
    const before = whole.get(each.grantee) ?? { planned: [], consents: [] }
    const planned = [...before.planned, ...part.planned]
    if (part.dates) dated.push({ ...part, grantee: each.grantee })
    else whole.set(each.grantee, { planned, consents: [...before.consents, ...part.consents] })
  }
  const sets = [...whole].map(([grantee, part]) => ({ grantee, ...part, dates: undefined }))
  // Prohibitions first: nothing is open for a moment that the consent forbids.
  const order = ({ planned }: Part) => (planned.some(({ terms: own }) => own.isDeny) ? 0 : 1)
  return [...sets, ...dated].sort((a, b) => order(a) - order(b))
}

const givePart = async (
  context: CommandContext,
  session: Session,
  { planned, dates, consents, ...part }: Part & { readonly grantee: string },
): Promise<GivenSet> => {
  const grantee = await findGrantee(session, part.grantee)
  const set = await giveSet(context, session, grantee, planned, dates)
  for (const { planned: own, needed } of consents) {
    const given = set.given.filter((each) => own.includes(each.planned))
    await attestGiven(context, session, given, grantee, needed)
  }
  return set
}

/** Grants what the Consents of a file say: all of them can be expressed, or nothing is granted. */
export const importConsents: CommandAction = async (context, input) => {
  const part2File = textOption(input, 'part2')
  const consents = await readConsents(input.args[0] ?? '')
  const session = await openRotatedSession(context)
  const foreign = consents.find(({ patient }) => patient !== session.identity.did)
  if (foreign)
    return fail('consent.other-patient', `The consent is of ${foreign.patient}, and you are somebody else.`)
  const progress = await context.progress('Granting')
  const sets: GivenSet[] = []
  try {
    const planned = []
    for (const consent of consents) planned.push(...(await planSets(context, session, consent, part2File)))
    for (const part of planned) if (part.planned.length > 0) sets.push(await givePart(context, session, part))
  } finally {
    progress.stop()
  }
  const given = sets.flatMap((set) => set.given.map(({ transaction }) => transaction))
  const isPartly = sets.some(({ failed, undelivered }) => failed.length + undelivered.length > 0)
  return {
    json: { sets: sets.map(givenSetJson), ...summaryOf(given) },
    text:
      sets.length === 0
        ? 'The consent permits and forbids nothing that is not so already.'
        : `Granted: ${sets.map(({ grantId }) => shortId(grantId)).join(', ')}.`,
    exitCode: isPartly ? EXIT.partly : EXIT.done,
  }
}
