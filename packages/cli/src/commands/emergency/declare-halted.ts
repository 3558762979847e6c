import {
  base32FromBytes,
  didFromAccountId,
  type EmergencyDetails,
  emergencyDeclareHalted,
  emergencyDetailsDigest,
  type HaltedDeclaration,
  haltedDeclarationId,
} from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import type { CommandContext } from '../../command-context.ts'
import { CommandError, fail } from '../../command-error.ts'
import { emergencySetId } from '../../emergencies/emergency-row.ts'
import type { OpenChart } from '../../emergencies/find-charts.ts'
import { headInHalt } from '../../emergencies/halt.ts'
import { homeOf, signDeclaration } from '../../emergencies/halted-emergencies.ts'
import { EXIT } from '../../exit-code.ts'
import { shortId } from '../../format/id.ts'
import { factsText } from '../../format/table.ts'
import type { Acting } from '../../reading/acting.ts'
import type { Party } from '../../wallet/contacts.ts'
import type { CommandResult } from '../command-spec.ts'
import { summaryOf } from '../transaction-summary.ts'
import type { Choices } from './declare-choices.ts'

interface Begun {
  readonly id: Uint8Array
  readonly open: OpenChart
  readonly details: EmergencyDetails
}

interface Failed {
  readonly open: OpenChart
  readonly error: CommandError
}

type CoSigned = Choices & { readonly coSigner: Party }

const declareOne = async (
  acting: Acting,
  home: Uint8Array,
  declaration: HaltedDeclaration,
  details: EmergencyDetails,
): Promise<Uint8Array> => {
  const { client, identity } = acting
  const byDeclarer = signDeclaration(declaration, identity)
  await client.call(emergencyDeclareHalted, { declaration, byDeclarer, details }, identity.actor, {
    node: home,
  })
  return haltedDeclarationId(declaration)
}

const declareAll = async (
  context: CommandContext,
  acting: Acting,
  person: Uint8Array,
  charts: readonly OpenChart[],
  { reason, text, site, durationMs, coSigner }: CoSigned,
): Promise<{ readonly begun: readonly Begun[]; readonly failed: readonly Failed[] }> => {
  const { networkId, identity, client } = acting
  const home = await homeOf(acting, identity.did)
  const timeMs = context.host.now()
  const { height } = await headInHalt(client, timeMs)
  const setId = nodeCiphers.randomBytes(16)
  const begun: Begun[] = []
  const failed: Failed[] = []
  for (const open of charts) {
    const details = {
      salt: nodeCiphers.randomBytes(32),
      setId,
      person,
      compartment: open.compartment,
      text,
      site,
    }
    const declaration: HaltedDeclaration = {
      version: 1,
      networkId,
      declarer: identity.id,
      coSigner: coSigner.id,
      chart: open.chart,
      nonce: nodeCiphers.randomBytes(16),
      reason,
      detailsDigest: emergencyDetailsDigest(details),
      durationMs,
      height,
      timeMs,
    }
    try {
      begun.push({ id: await declareOne(acting, home, declaration, details), open, details })
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      failed.push({ open, error })
    }
  }
  const [first] = failed
  if (begun.length === 0 && first) throw first.error
  return { begun, failed }
}

/** The declaration of a clinician while the chain stands still: at the own institution, until a colleague signs too. */
export const declareInHalt = async (
  context: CommandContext,
  acting: Acting,
  subject: Party,
  charts: readonly OpenChart[],
  choices: Choices,
): Promise<CommandResult> => {
  const { coSigner, reason } = choices
  if (!coSigner)
    return fail(
      'emergency.alone-in-halt',
      'The chain stands still: a colleague of your institution has to sign as well.',
      'Name one with --co-signer.',
    )
  const { begun, failed } = await declareAll(context, acting, subject.id, charts, { ...choices, coSigner })
  for (const { open, error } of failed) context.warn(`${open.compartment}: ${error.message} [${error.code}]`)
  const ids = begun.map(({ id }) => base32FromBytes(id))
  const set = begun[0] ? emergencySetId(begun[0]) : ''
  const short = shortId(set)
  return {
    json: {
      set,
      emergencyId: ids[0] ?? null,
      state: 'awaiting',
      halted: true,
      subject: subject.did,
      reason,
      coSigner: coSigner.did,
      until: null,
      emergencies: begun.map(({ id, open }) => ({
        emergencyId: base32FromBytes(id),
        chart: didFromAccountId(open.chart),
        compartment: open.compartment,
      })),
      failed: failed.map(({ open, error }) => ({
        compartment: open.compartment,
        code: error.code,
        message: error.message,
      })),
      ...summaryOf([]),
    },
    text: [
      factsText([
        ['Emergency', short],
        ['Patient', subject.name],
        ['Reason', reason],
        ['Opens', begun.map(({ open }) => open.compartment).join(', ')],
        ['Waits for', `${coSigner.name}: medchain emergency co-sign ${short.replace('…', '')}`],
      ]),
      'The chain stands still: it is in force once your colleague has signed, and goes onto the chain when blocks come again.',
    ].join('\n'),
    exitCode: failed.length > 0 ? EXIT.partly : EXIT.done,
  }
}
