import { ok, type Refusal, type Result } from '@medchain/core'
import {
  type BatchAnchors,
  createRequestTransport,
  type ReadTransport,
  type RequestClient,
} from '@medchain/node'
import type { Actor } from '../client/signed-request.ts'
import { CommandError } from '../command-error.ts'
import type { Acting } from './acting.ts'
import { bytesOfHex, findAnchors, idOfDid } from './chain-facts.ts'

const LEG_TIMEOUT_MS = 30_000

const asResult = async <T>(asking: Promise<T>): Promise<Result<T>> => {
  try {
    return ok(await asking)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return { ok: false, code: error.code, message: error.message }
  }
}

const NONE: Refusal = { ok: false, code: 'consent.none', message: 'No grant matches: deny by default.' }

const readAnchors = async (
  client: Acting['client'],
  batchId: Uint8Array,
  positions: readonly number[],
): Promise<Result<BatchAnchors>> => {
  const found = await asResult(findAnchors(client, batchId, positions))
  if (!found.ok) return found
  if (found.value === undefined) return NONE
  const { anchorAt } = found.value
  const { chart, author, institution, anchorsRoot, epoch, count, height, timeMs } = found.value.batch
  const batch = {
    chart: idOfDid(chart),
    author: idOfDid(author),
    institution: idOfDid(institution),
    anchorsRoot: bytesOfHex(anchorsRoot),
    epoch,
    count,
    height,
    timeMs,
  }
  return ok({ batch, anchorAt })
}

type Asked = Pick<Acting, 'client' | 'networkId' | 'now'>

/** Sends an actor's signed requests through one's own node. */
export const requestClientOf = ({ client, networkId, now }: Asked, actor: Actor): RequestClient => ({
  networkId,
  actor: actor.id,
  inception: actor.inception,
  sign: actor.sign,
  nowMs: now,
  post: (body) => asResult(client.post(body, LEG_TIMEOUT_MS)),
})

/** The reader's way to the holders: requests that one's own node answers or passes on. */
export const createReadTransport = (place: Asked, actor: Actor, servingNode: Uint8Array): ReadTransport =>
  createRequestTransport(requestClientOf(place, actor), servingNode, (batchId, positions) =>
    readAnchors(place.client, batchId, positions),
  )
