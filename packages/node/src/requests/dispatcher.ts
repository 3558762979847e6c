import {
  type Action,
  decode,
  encode,
  equalBytes,
  ok,
  REQUEST_PAYLOAD_BYTES_MAX,
  type RequestStatement,
  type Result,
  signingKeyOf,
} from '@medchain/core'
import { awaitState } from './await-state.ts'
import { refuseRequest } from './codes.ts'
import { type CheckedRequest, checkRequest, REQUEST_AGE_MS_MAX } from './gate.ts'
import type { NonceJournal } from './nonce-journal.ts'
import { createNonceWindow, type NonceWindow } from './nonce-window.ts'
import type { PeerExchange } from './peer-exchange.ts'
import type { PrivacyPorts } from './ports.ts'

/** What a handler knows of the request beside its payload. */
export interface RequestContext {
  /** Whoever signed: an account, a chart, or a person by inception. */
  readonly actor: Uint8Array
  readonly statement: RequestStatement
  /** The signed request as it came, for those who keep it as evidence. */
  readonly bytes: Uint8Array
}

export type ActionHandler<P, A> = (payload: P, context: RequestContext) => Promise<Result<A>>

/** Checks signed requests and gives them to the handler of their action, here or at the node they name. */
export interface Dispatcher {
  readonly handle: <P, A>(action: Action<P, A>, handler: ActionHandler<P, A>) => void
  /** The encoded answer to a request that came from a client of this node. */
  readonly answer: (bytes: Uint8Array) => Promise<Result<Uint8Array>>
}

/** Actions that this node passes on when a request names another institution's node. */
export const RELAYED_ACTIONS: readonly string[] = [
  'disclosure.leg',
  'disclosure.chunk',
  'audit.read',
  'audit.read-for',
  'recovery.deposit',
  'recovery.ready',
  'recovery.entrust',
  'recovery.give',
  'recovery.collect',
  'audit.prove',
  'keyring.read',
  'keyring.write',
  'person.rotate',
  'envelope.deliver',
  'access.explain',
  'emergency.charts',
  'emergency.close-halted',
  'emergency.declare-halted',
  'emergency.describe',
  'emergency.details',
  'emergency.halted',
  'emergency.keep-halted',
  'emergency.ready',
  'emergency.share',
  'notice.acknowledge',
  'notice.list',
  'staff.find',
  'access-request.send',
  'access-request.key',
  'access-request.list',
  'access-request.answer',
  'access-request.block',
  'access-request.unblock',
]

const NONCES_MAX = 200_000
/** Of people whom the chain does not know: anybody can make such keys, any number of them. */
const STRANGERS_NONCES_MAX = 20_000

export const createDispatcher = (
  ports: PrivacyPorts,
  exchange: PeerExchange,
  journal: NonceJournal,
): Dispatcher => {
  const handlers = new Map<
    string,
    (payload: Uint8Array, context: RequestContext) => Promise<Result<Uint8Array>>
  >()
  const nonces = createNonceWindow(REQUEST_AGE_MS_MAX * 2, NONCES_MAX)
  const strangersNonces = createNonceWindow(REQUEST_AGE_MS_MAX * 2, STRANGERS_NONCES_MAX)
  const windowFor = (actor: Uint8Array): NonceWindow =>
    signingKeyOf(ports.chain.head().view, actor).ok ? nonces : strangersNonces
  // Of an earlier run: a restart makes no statement fresh again.
  for (const { actor, nonce } of journal.earlier) windowFor(actor).take(actor, nonce, ports.clock.wallMs())

  const takeNonce = async ({ actor, nonce }: RequestStatement): Promise<Result<void>> => {
    const atMs = ports.clock.wallMs()
    const fresh = windowFor(actor).take(actor, nonce, atMs)
    if (!fresh.ok) return fresh
    try {
      await journal.note({ atMs, actor, nonce })
      return ok(undefined)
    } catch (error) {
      return refuseRequest('request.not-kept', (error as NodeJS.ErrnoException).code)
    }
  }

  const relay = async (bytes: Uint8Array, statement: RequestStatement): Promise<Result<Uint8Array>> => {
    if (!RELAYED_ACTIONS.includes(statement.action)) return refuseRequest('request.other-node')
    const answer = await exchange.call(statement.node, { type: 'request', bytes }, 'answer')
    return answer.ok ? ok(answer.value.bytes) : answer
  }

  /** A request that another node passed on may come from an account that this one is about to learn of. */
  const checkedRequest = async (bytes: Uint8Array, isOwnClient: boolean): Promise<Result<CheckedRequest>> => {
    const checked = checkRequest(bytes, ports)
    if (isOwnClient || checked.ok || checked.code !== 'identity.unknown') return checked
    await awaitState(ports, () => checkRequest(bytes, ports).ok)
    return checkRequest(bytes, ports)
  }

  const dispatch = async (bytes: Uint8Array, mayRelay: boolean): Promise<Result<Uint8Array>> => {
    const checked = await checkedRequest(bytes, mayRelay)
    if (!checked.ok) return checked
    const { request, statement } = checked.value
    if (!equalBytes(statement.node, ports.self.id)) {
      return mayRelay ? relay(bytes, statement) : refuseRequest('request.other-node')
    }
    const handler = handlers.get(statement.action)
    if (!handler) return refuseRequest('request.action', statement.action)
    const fresh = await takeNonce(statement)
    return fresh.ok ? handler(request.payload, { actor: statement.actor, statement, bytes }) : fresh
  }

  exchange.on('request', async (_from, { bytes }) => {
    const answer = await dispatch(bytes, false)
    return answer.ok ? ok({ type: 'answer', bytes: answer.value }) : answer
  })

  return {
    handle(action, handler) {
      handlers.set(action.action, async (bytes, context) => {
        const payload = decode(action.payload, bytes, REQUEST_PAYLOAD_BYTES_MAX)
        if (!payload.ok) return payload
        const answer = await handler(payload.value, context)
        return answer.ok ? ok(encode(action.answer, answer.value)) : answer
      })
    },
    answer: (bytes) => dispatch(bytes, true),
  }
}
