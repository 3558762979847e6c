import { ok, type Result, refuse } from '@medchain/core'
import { refuseRequest } from './codes.ts'
import type { LoggerPort, PeerPort } from './ports.ts'
import {
  decodeVaultMessage,
  encodeVaultMessage,
  errorMessageOf,
  type VaultMessage,
} from './vault-messages.ts'

type MessageOf<T extends VaultMessage['type']> = Extract<VaultMessage, { type: T }>

export type PeerHandler<T extends VaultMessage['type']> = (
  from: Uint8Array,
  message: MessageOf<T>,
) => Promise<Result<VaultMessage>>

/** Typed messages to and from the other institutions' nodes. */
export interface PeerExchange {
  /** The answer of type `expected`; an `error` becomes its refusal, an unreachable peer `network.*`. */
  readonly call: <T extends VaultMessage['type']>(
    institution: Uint8Array,
    message: VaultMessage,
    expected: T,
    timeoutMs?: number,
  ) => Promise<Result<MessageOf<T>>>
  readonly on: <T extends VaultMessage['type']>(type: T, handler: PeerHandler<T>) => void
  /** Begins to answer. */
  readonly start: () => void
}

const CALL_TIMEOUT_MS = 30_000

const networkRefusal = (error: unknown): Result<never> => {
  const { code } = error as { code?: unknown }
  const known = typeof code === 'string' && code.startsWith('network.') ? code : 'network.unreachable'
  return refuse(known, 'The other institution’s node does not answer; try again when it is back.')
}

export const createPeerExchange = (peers: PeerPort, logger: LoggerPort): PeerExchange => {
  const handlers = new Map<
    string,
    (from: Uint8Array, message: VaultMessage) => Promise<Result<VaultMessage>>
  >()

  const answer = async (from: Uint8Array, body: Uint8Array): Promise<VaultMessage> => {
    const message = decodeVaultMessage(body)
    if (!message.ok) return errorMessageOf(message)
    const handler = handlers.get(message.value.type)
    if (!handler) return errorMessageOf(refuseRequest('request.action', message.value.type))
    try {
      const result = await handler(from, message.value)
      return result.ok ? result.value : errorMessageOf(result)
    } catch (error) {
      logger.warn(
        { type: message.value.type, reason: String(error) },
        'a message of another node failed here',
      )
      return errorMessageOf(refuse('vault.unavailable', 'The node could not read or write its vault.'))
    }
  }

  return {
    async call(institution, message, expected, timeoutMs = CALL_TIMEOUT_MS) {
      let body: Uint8Array
      try {
        body = await peers.request(institution, encodeVaultMessage(message), timeoutMs)
      } catch (error) {
        return networkRefusal(error)
      }
      const decoded = decodeVaultMessage(body)
      if (!decoded.ok) return refuseRequest('network.malformed')
      const { value } = decoded
      if (value.type === 'error') return refuse(value.code, value.message)
      return value.type === expected
        ? ok(value as MessageOf<typeof expected>)
        : refuseRequest('network.malformed', value.type)
    },
    on(type, handler) {
      handlers.set(type, (from, message) => handler(from, message as MessageOf<typeof type>))
    },
    start() {
      peers.serve(async (from, body) => encodeVaultMessage(await answer(from, body)))
    },
  }
}
