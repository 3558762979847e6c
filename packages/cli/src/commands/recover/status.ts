import { didFromAccountId, recoveryReady } from '@medchain/core'
import { provenHead } from '../../client/proven-head.ts'
import { CommandError, fail } from '../../command-error.ts'
import { factsText } from '../../format/table.ts'
import { actAs } from '../../reading/acting.ts'
import { entrustedShares } from '../../recovering/entrusted-share.ts'
import { findRecovery, recoveryFor } from '../../recovering/known-recovery.ts'
import { openPending, pendingFile } from '../../recovering/pending-file.ts'
import { preparedRecoveriesOf } from '../../recovering/recovery-entry.ts'
import { keysActor } from '../../recovering/recovery-keys.ts'
import { openPatientSession, type Session } from '../../wallet/session.ts'
import { readIfThere } from '../../wallet/wallet-files.ts'
import type { CommandAction, CommandResult } from '../command-spec.ts'
import { type RecoveryJson, recoveryJson, stageText } from './describe.ts'

const textOf = (json: RecoveryJson, ready?: number): string =>
  factsText([
    ['State', stageText(json)],
    ['Guardians', json.guardians === 0 ? 'none' : `${json.guardianThreshold} of ${json.guardians} needed`],
    [
      'Custodians',
      `${json.custodianThreshold} of ${json.custodians} needed${ready === undefined ? '' : `, ${ready} ready`}`,
    ],
    ['Approved', `${json.approvals.length}`],
  ])

const timeOf = async (client: Session['client'], nowMs: number): Promise<number> =>
  Math.max((await provenHead(client)).headTimeMs, nowMs)

/** How many custodians hold their share. */
const countReady = async (session: Session): Promise<number> => {
  const prepared = preparedRecoveriesOf(session.keyring.current()).at(-1)
  if (prepared === undefined) return 0
  const actor = keysActor(prepared)
  const { recovery } = await findRecovery(session.client, actor.id)
  const answers = await Promise.all(
    recovery.custodians.map(async ({ institution: node }) => {
      try {
        await session.client.call(recoveryReady, [], actor, { node })
        return true
      } catch (error) {
        if (error instanceof CommandError) return false
        throw error
      }
    }),
  )
  return answers.filter((isReady) => isReady).length
}

const ofPatient: CommandAction = async (context) => {
  const session = await openPatientSession(context)
  const prepared = preparedRecoveriesOf(session.keyring.current()).at(-1)
  if (prepared === undefined) {
    return {
      json: { stage: 'none' },
      text: 'You have not prepared a recovery: if you lose words and wallet, nobody can help. medchain recover setup',
    }
  }
  const known = await findRecovery(session.client, keysActor(prepared).id)
  const json = recoveryJson(known, await timeOf(session.client, context.host.now()))
  const ready = await countReady(session)
  return { json: { ...json, ready }, text: textOf(json, ready) }
}

const ofGuardian: CommandAction = async (context) => {
  const acting = await actAs(context)
  const shares = await entrustedShares(acting)
  const timeMs = await timeOf(acting.client, context.host.now())
  const recoveries = shares.map(({ known, share }) => ({
    subject: didFromAccountId(share.person),
    ...recoveryJson(known, timeMs),
  }))
  const text =
    recoveries.length === 0
      ? 'You hold no share of a recovery.'
      : recoveries.map((each) => `For ${each.subject}\n${textOf(each)}`).join('\n\n')
  return { json: { recoveries }, text }
}

/** For whoever waits on this machine. */
const ofPending = async (context: Parameters<CommandAction>[0], name: string): Promise<CommandResult> => {
  const { ticket } = await openPending(context, name)
  const client = await context.client()
  const known = await recoveryFor(client, ticket.inception)
  if (known === undefined) {
    return {
      json: { name, stage: 'none' },
      text: 'Not enough guardians have approved of your ticket yet, or your institution has not vouched.',
    }
  }
  const json = recoveryJson(known, await timeOf(client, context.host.now()))
  return { json: { name, ...json }, text: textOf(json) }
}

/** How a recovery stands, for the person, a guardian, or whoever waits for one here. */
export const status: CommandAction = async (context, input) => {
  const [name] = input.args
  const { files, current } = await context.wallet()
  if (name !== undefined) {
    if ((await readIfThere(pendingFile(files, name))) === undefined)
      return fail('keystore.missing', `No recovery was begun as “${name}” on this machine.`)
    return ofPending(context, name)
  }
  const { role } = await current()
  return (role === 'guardian' ? ofGuardian : ofPatient)(context, input)
}
