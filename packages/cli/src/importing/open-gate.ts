import path from 'node:path'
import { bytesFromText, equalBytes } from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import type { CommandContext } from '../command-context.ts'
import { fail } from '../command-error.ts'
import type { Progress } from '../progress.ts'
import type { Acting } from '../reading/acting.ts'
import { receivedGrants } from '../reading/granted-keys.ts'
import type { Party } from '../wallet/contacts.ts'
import { findAuthor, findTargetCharts } from './import-target.ts'
import type { GatePlace } from './network-gate.ts'

/** Whether the person asked for the end; a second time ends the process at once. */
const interruption = (context: CommandContext): (() => boolean) => {
  let isInterrupted = false
  void context.untilInterrupted().then(() => {
    isInterrupted = true
    context.warn(
      'It ends after what is under way, and a large file within its next piece. What is done is kept: the same ' +
        'command goes on from there. Once more ends it at once.',
    )
  })
  return () => isInterrupted
}

/** Where the records of a patient go, for whoever writes for an institution; `identity.not-author`, `consent.none`. */
export const openGate = async (
  context: CommandContext,
  acting: Acting,
  subject: Party,
  progress: Progress,
): Promise<GatePlace> => {
  const { client, identity, networkId, now } = acting
  if (acting.isPatient) {
    return fail(
      'identity.not-author',
      'Records are imported by people whom an institution enrolled, not by patients.',
    )
  }
  const author = await findAuthor(client, identity.actor, identity.did)
  const charts = await findTargetCharts(client, author, subject.id, async () => {
    const grants = (await receivedGrants(acting)).filter(({ person }) => equalBytes(person, subject.id))
    return new Map(grants.map(({ compartment, chart }) => [compartment, chart]))
  })
  return {
    client,
    author,
    networkId,
    now,
    charts,
    subject: subject.did,
    progress: (done, total) => progress.update({ done, total }),
    isInterrupted: interruption(context),
    journal: {
      folder: path.join(context.options.home, 'wallet', 'uploads'),
      key: nodeCiphers.hkdfSha256(
        identity.secrets.sealingSecret,
        new Uint8Array(0),
        bytesFromText('medchain/upload-journal/1'),
        32,
      ),
    },
  }
}
