import {
  accountIdFromInception,
  decodeSignedRequest,
  equalBytes,
  ok,
  type RequestStatement,
  type Result,
  requestMessage,
  type SignedRequest,
  signingKeyOf,
} from '@medchain/core'
import { ROTATED, refuseRequest } from './codes.ts'
import type { PrivacyPorts } from './ports.ts'

/** How far a request's time may lie from this node's wall clock, either way. */
export const REQUEST_AGE_MS_MAX = 5 * 60 * 1000

export interface CheckedRequest {
  readonly request: SignedRequest
  readonly statement: RequestStatement
}

type Ports = Pick<PrivacyPorts, 'chain' | 'verifier' | 'personKeys'>

/**
 * Keys of the actor, of which the last must have signed: the one in committed state, else those that followed
 * the first key that the actor's id commits to.
 */
const signingKeysFor = (
  statement: RequestStatement,
  { chain, personKeys }: Pick<Ports, 'chain' | 'personKeys'>,
): Result<readonly Uint8Array[]> => {
  const known = signingKeyOf(chain.head().view, statement.actor)
  if (known.ok) return ok([known.value])
  const { inception } = statement
  if (known.code !== 'identity.unknown' || inception === undefined) return known
  if (!equalBytes(accountIdFromInception(inception), statement.actor)) return known
  const keys = personKeys.successionOf(statement.actor) ?? [inception]
  return ok(keys.map(({ signingKey }) => signingKey))
}

/**
 * A request of this network whose actor signed it; age, nonce and addressee are not looked at. `identity.rotated`
 * for a key that the actor replaced.
 */
export const verifyRequest = (bytes: Uint8Array, ports: Ports): Result<CheckedRequest> => {
  const decoded = decodeSignedRequest(bytes)
  if (!decoded.ok) return decoded
  const { request, statement } = decoded.value
  if (!equalBytes(statement.networkId, ports.chain.networkId)) return refuseRequest('request.network')
  const keys = signingKeysFor(statement, ports)
  if (!keys.ok) return keys
  const isBy = (key: Uint8Array): boolean =>
    ports.verifier.verify(key, requestMessage(request.statement), request.signature)
  if (isBy(keys.value.at(-1) as Uint8Array)) return decoded
  return keys.value.slice(0, -1).some(isBy) ? ROTATED : refuseRequest('request.signature')
}

/** A verified request that is also at most five minutes old. */
export const checkRequest = (
  bytes: Uint8Array,
  ports: Ports & Pick<PrivacyPorts, 'clock'>,
): Result<CheckedRequest> => {
  const checked = verifyRequest(bytes, ports)
  if (!checked.ok) return checked
  const ageMs = Math.abs(ports.clock.wallMs() - checked.value.statement.timeMs)
  return ageMs <= REQUEST_AGE_MS_MAX ? checked : refuseRequest('request.time')
}
