import { base32FromBytes, batchIdFromRecordId, type ScopeProof } from '@medchain/core'
import type { Actor } from '../../client/signed-request.ts'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { factsText } from '../../format/table.ts'
import { type Acting, actAs, ownChartsOf } from '../../reading/acting.ts'
import { findBatch } from '../../reading/chain-facts.ts'
import { findSubject } from '../../reading/find-subject.ts'
import { purposeOption } from '../../reading/purpose-option.ts'
import { denyAsStranger, hintingOwnIds, parseRecordId } from '../../reading/record-id-text.ts'
import { scopeProofsFor } from '../../reading/scope-proofs.ts'
import { type CommandAction, type CommandInput, type CommandResult, textOption } from '../command-spec.ts'
import { explainedAccess } from './explained-access.ts'

/** Who asks: staff and researchers as themselves, a patient as the chart that the record stands in. */
const askingActor = async (context: CommandContext, acting: Acting, recordId: Uint8Array): Promise<Actor> => {
  if (!acting.isPatient) return acting.identity.actor
  const batch = await findBatch(acting.client, batchIdFromRecordId(recordId))
  const charts = batch === undefined ? [] : await ownChartsOf(context, acting)
  return charts.find(({ did }) => did === batch?.chart)?.actor ?? denyAsStranger()
}

const explainRecord = async (context: CommandContext, input: CommandInput): Promise<CommandResult> => {
  const typedRecord = textOption(input, 'record')
  if (typedRecord === undefined) return fail('usage.missing-option', '--record ID is needed: access to what?')
  const recordId = parseRecordId(typedRecord)
  const purpose = purposeOption(input, 'TREAT')
  const typedActor = textOption(input, 'actor')
  const party = typedActor === undefined ? undefined : await findSubject(context, typedActor)
  const acting = await actAs(context)
  const actor = await askingActor(context, acting, recordId)
  const asked = party?.id ?? actor.id
  const ask = (scopeProof: ScopeProof | undefined) =>
    explainedAccess(acting, { actor: asked, recordId, purpose, scopeProof }, actor)
  let answer = await ask(undefined)
  for (const proof of answer.outcome === 'permit' ? [] : await scopeProofsFor(context, acting, recordId)) {
    const narrower = await ask(proof)
    if (narrower.code !== 'consent.none') answer = narrower
    if (narrower.outcome === 'permit') break
  }
  const { outcome, code, rule, basis, height } = answer
  const grantId = answer.grantId === undefined ? null : base32FromBytes(answer.grantId)
  return {
    json: { outcome, code, rule, basis, grantId, height },
    text: factsText([
      ['Outcome', outcome === 'permit' ? context.paint.good('permit') : context.paint.bad(`deny [${code}]`)],
      ['Rule', rule],
      ['Basis', basis],
      ['Grant', grantId ?? 'none'],
      ['Height', String(height)],
    ]),
  }
}

/** Asks why somebody may read a record now, or may not. */
export const explain: CommandAction = (context, input) =>
  hintingOwnIds(context, () => explainRecord(context, input))
