import {
  accountIdFromInception,
  decodeSignedRequest,
  equalBytes,
  ok,
  type ReadView,
  type RequestStatement,
  type Result,
  requestMessage,
  type SignedRequest,
  signingKeyOf,
} from '@medchain/core'
import { refuseRequest } from './codes.ts'
import type { PrivacyPorts } from './ports.ts'

/** How far a request's time may lie from this node's wall clock, either way. */
export const REQUEST_AGE_MS_MAX = 5 * 60 * 1000

export interface CheckedRequest {
  readonly request: SignedRequest
  readonly statement: RequestStatement
}

/** The key that must have signed: the one in committed state, else the first key that the actor's id commits to. */
const signingKeyFor = (view: ReadView, statement: RequestStatement): Result<Uint8Array> => {
  const known = signingKeyOf(view, statement.actor)
  const { inception } = statement
  if (known.ok || known.code !== 'identity.unknown' || inception === undefined) return known
  return equalBytes(accountIdFromInception(inception), statement.actor) ? ok(inception.signingKey) : known
}

/** A request of this network whose actor signed it; age, nonce and addressee are not looked at. */
export const verifyRequest = (
  bytes: Uint8Array,
  ports: Pick<PrivacyPorts, 'chain' | 'verifier'>,
): Result<CheckedRequest> => {
  const decoded = decodeSignedRequest(bytes)
  if (!decoded.ok) return decoded
  const { request, statement } = decoded.value
  if (!equalBytes(statement.networkId, ports.chain.networkId)) return refuseRequest('request.network')
  const key = signingKeyFor(ports.chain.head().view, statement)
  if (!key.ok) return key
  return ports.verifier.verify(key.value, requestMessage(request.statement), request.signature)
    ? decoded
    : refuseRequest('request.signature')
}

/** A verified request that is also at most five minutes old. */
export const checkRequest = (
  bytes: Uint8Array,
  ports: Pick<PrivacyPorts, 'chain' | 'verifier' | 'clock'>,
): Result<CheckedRequest> => {
  const checked = verifyRequest(bytes, ports)
  if (!checked.ok) return checked
  const ageMs = Math.abs(ports.clock.wallMs() - checked.value.statement.timeMs)
  return ageMs <= REQUEST_AGE_MS_MAX ? checked : refuseRequest('request.time')
}
