import {
  nodePaths,
  type RecoveryReport,
  readNodeConfig,
  recoverHome,
  type Situation,
  signatureVerifier,
} from '@medchain/node'
import type { CommandContext } from '../../command-context.ts'
import { fail, valueOrFail } from '../../command-error.ts'
import { EXIT } from '../../exit-code.ts'
import {
  type CommandAction,
  type CommandInput,
  type CommandResult,
  isSet,
  textOption,
} from '../command-spec.ts'
import { genesisOfHome } from './genesis-of-home.ts'

const CONFIRMATION = 'this may sign twice'

/** The height of an unsafe start as it was asked for. */
const unsafeHeight = (input: CommandInput): number | undefined => {
  const typed = textOption(input, 'unsafeVoteFrom')
  if (typed === undefined) return undefined
  return /^\d{1,15}$/.test(typed)
    ? Number(typed)
    : fail('recovery.height', '--unsafe-vote-from is the height to vote from, a whole number.')
}

/** Confirmed by flag, or by typing a sentence. */
const confirmUnsafe = async (context: CommandContext, input: CommandInput): Promise<void> => {
  if (isSet(input, 'iKnowThatThisMaySignTwice')) return
  if (context.isInteractive) {
    const { readVisibleLine } = await import('../../passphrase.ts')
    context.note(
      'A validator that signs twice at one height can split the chain, and its institution is named as the culprit.',
    )
    if ((await readVisibleLine(context.host, `Type "${CONFIRMATION}"`)).trim() === CONFIRMATION) return
  }
  fail(
    'recovery.unconfirmed',
    'Voting without memory may sign twice and was not confirmed; nothing was changed.',
    'Add --i-know-that-this-may-sign-twice once all operators have agreed on the height.',
  )
}

const REMEDIES: Readonly<Record<Situation['remedy'], string>> = {
  none: 'Now',
  apply: 'To do',
  operator: 'To do',
}

const situationText = ({ code, means, does, costs, remedy }: Situation): string =>
  `• ${means} [${code}]\n  ${REMEDIES[remedy]}: ${does}\n  Cost: ${costs}`

const standing = ({ isValidator, headHeight, abstainUpTo, situations }: RecoveryReport): string => {
  if (!isValidator) return `It observes and signs nothing. Its blocks end at height ${headHeight}.`
  const limit = abstainUpTo === undefined ? 'above what the others report' : `above height ${abstainUpTo}`
  const votes = abstainUpTo === 0 && situations.length === 0 ? 'where it left off' : limit
  return `Its blocks end at height ${headHeight}. Started now, it votes ${votes}.`
}

const render = (context: CommandContext, report: RecoveryReport): CommandResult => {
  const { isChanged, ...told } = report
  const open = report.situations.filter(({ remedy }) => remedy !== 'none')
  const verdict =
    open.length === 0
      ? context.paint.good(isChanged ? 'Done. Nothing else is to be done.' : 'Nothing is to be done.')
      : context.paint.bad(
          open.some(({ remedy }) => remedy === 'apply')
            ? 'Nothing was changed. The same command with --apply carries it out.'
            : 'That is for you to do.',
        )
  return {
    json: {
      ...told,
      headAgeMs: report.headAgeMs ?? null,
      abstainUpTo: report.abstainUpTo ?? null,
      situations: report.situations.map((situation) => ({ ...situation })),
      changed: isChanged,
      ok: open.length === 0,
    },
    text: [...report.situations.map(situationText), standing(report), verdict].join('\n\n'),
    exitCode: open.length === 0 ? EXIT.done : EXIT.broken,
  }
}

/** What keeps a stopped node from voting, and the safe way out. */
export const recoverNode: CommandAction = async (context, input) => {
  const { host } = context
  const { home } = context.options
  const config = valueOrFail(await readNodeConfig(home, host.env))
  const genesis = await genesisOfHome(home, config.genesis)
  const unsafeVoteFrom = unsafeHeight(input)
  const options = {
    paths: nodePaths(home),
    config,
    genesis,
    verifier: signatureVerifier,
    nowMs: host.now(),
  }
  const recover = async (isApplied: boolean) =>
    valueOrFail(
      await recoverHome({ ...options, isApplied, ...(unsafeVoteFrom !== undefined && { unsafeVoteFrom }) }),
    )
  if (unsafeVoteFrom !== undefined) {
    // What the rules refuse is refused before anybody is asked to answer for it.
    await recover(false)
    await confirmUnsafe(context, input)
  }
  return render(context, await recover(unsafeVoteFrom !== undefined || isSet(input, 'apply')))
}
