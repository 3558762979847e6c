import type { TransactionKind } from '@medchain/core'
import type { TransactionOutcome } from '../client/api-types.ts'
import type { Actor } from '../client/signed-request.ts'
import { createTransactionBody, signTransaction } from '../client/signed-transaction.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'
import type { Acting } from '../reading/acting.ts'
import { shuffled } from '../wallet/shuffled.ts'

/** A transaction of one chart's part of a command. */
export interface Part<P> {
  readonly compartment: string
  readonly actor: Actor
  readonly payload: P
}

export interface SentPart<P> {
  readonly part: Part<P>
  readonly transaction: TransactionOutcome
}

export interface SentParts<P> {
  readonly sent: readonly SentPart<P>[]
  readonly failed: readonly { readonly part: Part<P>; readonly error: CommandError }[]
}

type Place = Pick<Acting, 'client' | 'networkId'>

export const sendOne = <P>(
  context: CommandContext,
  { client, networkId }: Place,
  { kind, payload: schema }: Pick<TransactionKind<P>, 'kind' | 'payload'>,
  actor: Actor,
  payload: P,
): Promise<TransactionOutcome> => {
  const timeMs = context.host.now()
  const body = createTransactionBody({ networkId, sender: actor.id, kind, schema, payload, timeMs })
  return client.submit(signTransaction(body, [actor]), context.options.wait)
}

/** One transaction for each chart, in an order that tells nothing. The first error is thrown when none came through. */
export const sendEach = async <P>(
  context: CommandContext,
  place: Place,
  kind: Pick<TransactionKind<P>, 'kind' | 'payload'>,
  parts: readonly Part<P>[],
): Promise<SentParts<P>> => {
  const sent: SentPart<P>[] = []
  const failed: { part: Part<P>; error: CommandError }[] = []
  await Promise.all(
    shuffled(parts).map(async (part) => {
      try {
        sent.push({ part, transaction: await sendOne(context, place, kind, part.actor, part.payload) })
      } catch (error) {
        if (!(error instanceof CommandError)) throw error
        failed.push({ part, error })
      }
    }),
  )
  const [first] = failed
  if (sent.length === 0 && first !== undefined) throw first.error
  for (const { part, error } of failed) context.warn(`${part.compartment}: ${error.message} [${error.code}]`)
  return { sent, failed }
}

/** What JSON says of the parts that failed; nothing when none did. */
export const failedJson = <P>({ failed }: SentParts<P>) =>
  failed.length === 0
    ? {}
    : {
        failed: failed.map(({ part, error }) => ({
          compartment: part.compartment,
          code: error.code,
          message: error.message,
        })),
      }
