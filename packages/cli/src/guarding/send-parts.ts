import type { TransactionOutcome } from '../client/api-types.ts'
import type { Actor } from '../client/signed-request.ts'
import type { KindOf } from '../client/submit-as.ts'
import type { CommandContext } from '../command-context.ts'
import type { CommandError } from '../command-error.ts'
import type { Acting } from '../reading/acting.ts'
import { sendEach } from '../sending/send-each.ts'

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

/** One transaction for each chart, in an order that tells nothing. The first error is thrown when none came through. */
export const sendParts = async <P>(
  context: CommandContext,
  { client }: Pick<Acting, 'client'>,
  kind: KindOf<P>,
  parts: readonly Part<P>[],
): Promise<SentParts<P>> => {
  const sendings = parts.map((part) => ({ item: part, actor: part.actor, payload: part.payload }))
  const { done, failed } = await sendEach(context, client, kind, sendings)
  for (const { item, error } of failed) context.warn(`${item.compartment}: ${error.message} [${error.code}]`)
  return {
    sent: done.map(({ item, transaction }) => ({ part: item, transaction })),
    failed: failed.map(({ item, error }) => ({ part: item, error })),
  }
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
