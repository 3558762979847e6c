import { decideReading, explainAccess, type ReadingQuestion } from '@medchain/core'
import { accuse } from '../../client/accuse.ts'
import { readProven } from '../../client/proven-view.ts'
import type { Actor } from '../../client/signed-request.ts'
import type { Acting } from '../../reading/acting.ts'

export interface ExplainedAccess {
  readonly outcome: string
  readonly code: string
  readonly rule: string
  readonly basis: string
  readonly grantId: Uint8Array | undefined
  readonly height: number
}

// Node and client look a block apart at times; an answer that stays another one is false.
const TRIES = 5

/**
 * The node's explanation, made again from what the chain proves: the rules decide from committed state alone, so
 * the client's own decision is the one that counts. `proof.false` for a node that explains otherwise.
 */
export const explainedAccess = async (
  { client, now }: Acting,
  question: ReadingQuestion,
  actor: Actor,
): Promise<ExplainedAccess> => {
  for (let tries = TRIES; ; tries--) {
    const told = await client.call(explainAccess, question, actor)
    if (client.isTrusting) return told
    const own = await readProven(client, (view, { height, timeMs }) => {
      const { outcome, code, rule, basis, grant } = decideReading(view, question, timeMs, now())
      return { outcome, code, rule, basis, grantId: grant?.grantId, height }
    })
    if (own.outcome === told.outcome && own.code === told.code && own.basis === told.basis) return own
    if (tries === 0)
      return accuse(
        client,
        'proof.false',
        `explains the access as ${told.outcome} [${told.code}]; by what the chain holds it is ${own.outcome} [${own.code}].`,
      )
  }
}
