import path from 'node:path'
import type { CommandContext } from '../../command-context.ts'
import { EXIT } from '../../exit-code.ts'
import { preparedRecoveriesOf } from '../../recovering/recovery-entry.ts'
import { changeAccountKeys } from '../../rotating/change-account-keys.ts'
import { changePersonKeys } from '../../rotating/change-person-keys.ts'
import { beginKeyChange, type KeyChange, takeOver } from '../../rotating/key-change.ts'
import { type ChartOutcome, finishPrepared } from '../../rotating/rotate-charts.ts'
import { identityJson } from '../../wallet/identity.ts'
import { openKeyringStore } from '../../wallet/keyring-store.ts'
import { preparedKeysOf } from '../../wallet/prepared-keys.ts'
import type { Session } from '../../wallet/session.ts'
import type { OpenIdentity } from '../../wallet/wallet.ts'
import { type CommandAction, isSet, textOption } from '../command-spec.ts'
import { refuseUnproven } from '../refuse-unproven.ts'
import { wordsNote, writeWords } from './hand-out-words.ts'

const sessionAs = async (context: CommandContext, identity: OpenIdentity): Promise<Session> => {
  const [wallet, client] = [await context.wallet(), await context.client()]
  const keyring = await openKeyringStore(identity, { client, files: wallet.files, warn: context.warn })
  return { identity, client, wallet, networkId: await client.networkId(), keyring, now: context.host.now }
}

/** The session under the keys before, with what other machines of the person changed. */
const sessionBefore =
  (context: CommandContext, { before }: KeyChange) =>
  async (): Promise<Session> => {
    const session = await sessionAs(context, before)
    await session.keyring.pull()
    return session
  }

const finishCharts = async (
  context: CommandContext,
  { after }: KeyChange,
): Promise<readonly ChartOutcome[]> => {
  const session = await sessionAs(context, after)
  if (after.role !== 'patient') {
    await session.keyring.push()
    return []
  }
  if (preparedRecoveriesOf(session.keyring.current()).length > 0)
    context.warn(
      'Whoever had the old words can close or overwrite the recovery that you prepared: medchain recover setup prepares another one.',
    )
  const prepared = preparedKeysOf(session.keyring.current())
  return finishPrepared(
    session,
    prepared.map(({ chartId }) => chartId),
  )
}

const textOf = (name: string, outcomes: readonly ChartOutcome[], failed: readonly ChartOutcome[]): string => {
  if (outcomes.length === 0) return `${name} has new keys; the old words open nothing more.`
  const done = `${name} has new keys, and ${outcomes.length - failed.length} charts have new controllers and epochs.`
  return failed.length === 0
    ? `${done}\nThe old words open nothing more on nodes that know of it.`
    : `${done}\n${failed.length} charts are not rotated yet; your next command goes on.`
}

/** New words and keys for an identity, and for a patient a new controller and epoch on every chart. */
export const rotateId: CommandAction = async (context, input) => {
  refuseUnproven(context)
  const wallet = await context.wallet()
  const identity = await wallet.find(input.args[0] ?? '')
  const client = await context.client()
  const passphrase = await context.passphrase({ label: `Passphrase of ${identity.name}` })
  const before = await wallet.open(identity, passphrase)
  const change = await beginKeyChange({ client, files: wallet.files }, before, passphrase)
  const words = change.after.secrets.words?.split(' ')
  const wordsFile = textOption(input, 'wordsFile')
  // Before anybody hears of them: from then on the old words are worth nothing.
  if (wordsFile !== undefined && words) await writeWords(wordsFile, words)
  const progress = await context.progress(`Rotating ${identity.name}`)
  const isPatient = identity.role === 'patient'
  const changeKeys = isPatient ? changePersonKeys : changeAccountKeys
  const outcomes = await changeKeys(change, sessionBefore(context, change))
    .then(() => takeOver(change))
    .then(() => finishCharts(context, change))
    .finally(progress.stop)
  const failed = outcomes.filter(({ error }) => error !== undefined)
  for (const { chart, error } of failed)
    context.warn(`${chart.compartment}: ${error?.message} [${error?.code}]`)
  const note = words ? wordsNote(context, words, wordsFile, identity.name) : 'No words restore these keys.'
  return {
    json: {
      ...identityJson(change.after),
      charts: outcomes.length - failed.length,
      ...(failed.length > 0 && {
        failed: failed.map(({ chart, error }) => ({
          compartment: chart.compartment,
          code: error?.code ?? '',
          message: error?.message ?? '',
        })),
      }),
      ...(wordsFile !== undefined && { wordsFile: path.resolve(wordsFile) }),
      ...(isSet(input, 'revealWords') && words && { words: words.join(' ') }),
    },
    text: `${textOf(identity.name, outcomes, failed)}\n\n${note}`,
    exitCode: failed.length > 0 ? EXIT.partly : EXIT.done,
  }
}
