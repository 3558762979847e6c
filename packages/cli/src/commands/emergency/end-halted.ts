import {
  base32FromBytes,
  didFromAccountId,
  emergencyCloseHalted,
  type KnownHaltedDeclaration,
  type SignedHaltedDeclaration,
  stateOfEmergency,
} from '@medchain/core'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { chooseSet, emergencySetId, isParty } from '../../emergencies/emergency-row.ts'
import {
  type Asked,
  askAll,
  type HaltedEmergency,
  haltedEmergencies,
  handToAll,
  signDeclaration,
  tellRefusals,
} from '../../emergencies/halted-emergencies.ts'
import { forgetKeys } from '../../emergencies/kept-keys.ts'
import type { Acting } from '../../reading/acting.ts'
import type { CommandResult } from '../command-spec.ts'
import { summaryOf } from '../transaction-summary.ts'

const chosenOf = (emergencies: readonly HaltedEmergency[], typed: string): readonly HaltedEmergency[] => {
  const known = new Map(emergencies.map((each) => [each.id, each]))
  return chooseSet(emergencies, typed).flatMap(({ id }) => known.get(id) ?? [])
}

/** Each emergency at each institution; the first error is thrown where none took any. */
const everywhere = async (
  context: CommandContext,
  emergencies: readonly HaltedEmergency[],
  asking: (emergency: HaltedEmergency) => Promise<readonly Asked[]>,
): Promise<{ readonly taken: number; readonly of: number }> => {
  const answers = await Promise.all(emergencies.map(asking))
  const all = answers.flat()
  tellRefusals(context, all)
  const [first] = all.flatMap(({ error }) => error ?? [])
  if (first && all.every(({ error }) => error)) throw first
  const takenBy = answers.map((some) => some.filter(({ error }) => !error).length)
  return { taken: Math.min(...takenBy), of: answers[0]?.length ?? 0 }
}

const resultOf = (
  emergencies: readonly HaltedEmergency[],
  state: string,
  { taken, of }: { readonly taken: number; readonly of: number },
  text: string,
): CommandResult => ({
  json: {
    set: emergencies[0] ? emergencySetId(emergencies[0]) : null,
    emergencyId: emergencies[0] ? base32FromBytes(emergencies[0].id) : null,
    state,
    halted: true,
    institutions: { taken, of },
    emergencies: emergencies.map(({ id, chart, details }) => ({
      emergencyId: base32FromBytes(id),
      chart: didFromAccountId(chart),
      compartment: details?.compartment ?? null,
    })),
    failed: [],
    ...summaryOf([]),
  },
  text,
})

const signed = (
  { declaration, byDeclarer }: KnownHaltedDeclaration,
  acting: Acting,
): SignedHaltedDeclaration => ({
  declaration,
  byDeclarer,
  byCoSigner: signDeclaration(declaration, acting.identity),
})

/** The second signature: from then on every institution that takes it acts on it. */
export const coSignInHalt = async (
  context: CommandContext,
  acting: Acting,
  typed: string,
): Promise<CommandResult> => {
  const awaiting = (await haltedEmergencies(context, acting)).filter(
    (each) =>
      isParty(acting.identity.id, each.coSigner) && stateOfEmergency(each, acting.now()) === 'awaiting',
  )
  const chosen = chosenOf(awaiting, typed)
  const done = await everywhere(context, chosen, ({ known }) =>
    handToAll(acting, acting.identity.actor, signed(known, acting)),
  )
  const text = `Co-signed while the chain stands still: ${done.taken} of ${done.of} institutions act on it.\nIt goes onto the chain when blocks come again.`
  return resultOf(chosen, 'in-force', done, text)
}

/** Ends emergencies declared in the halt, at every institution that answers. */
export const closeInHalt = async (
  context: CommandContext,
  acting: Acting,
  typed: string,
): Promise<CommandResult> => {
  const mine = (await haltedEmergencies(context, acting)).filter(
    ({ declarer }) => acting.isPatient || isParty(declarer, acting.identity.id),
  )
  const open = chosenOf(mine, typed).filter((each) =>
    ['awaiting', 'in-force'].includes(stateOfEmergency(each, acting.now())),
  )
  if (open.length === 0) return fail('emergency.ended', 'The emergency has ended.')
  const done = await everywhere(context, open, ({ id, actor }) =>
    askAll(acting, (node) => acting.client.call(emergencyCloseHalted, { id }, actor, { node })),
  )
  if (!acting.isPatient) {
    const { files } = await context.wallet()
    await forgetKeys(
      files,
      acting.identity,
      open.map(({ id }) => id),
    )
  }
  const text = `Closed at ${done.taken} of ${done.of} institutions; the others end it by time.\nIt goes onto the chain when blocks come again, and is to be reviewed.`
  return resultOf(open, 'closed', done, text)
}
