import { type Action, decode, hexFromBytes, ok, REQUEST_PAYLOAD_BYTES_MAX, type Result } from '@medchain/core'
import type { OutboxFolder } from '../custody/outbox-folder.ts'
import { refuseRequest } from '../requests/codes.ts'
import { type CheckedRequest, verifyRequest } from '../requests/gate.ts'
import type { PeerExchange } from '../requests/peer-exchange.ts'
import type { PrivacyPorts } from '../requests/ports.ts'

/** A request kept as its actor signed it, with the payload of its action. */
export interface SignedItem<P> extends CheckedRequest {
  readonly payload: P
  readonly bytes: Uint8Array
}

/** The signed request, if its actor signed it and it is of that action; its age is not looked at. */
export const readSignedItem = <P, A>(
  action: Action<P, A>,
  bytes: Uint8Array,
  ports: Pick<PrivacyPorts, 'chain' | 'verifier'>,
): Result<SignedItem<P>> => {
  const checked = verifyRequest(bytes, ports)
  if (!checked.ok) return checked
  if (checked.value.statement.action !== action.action) return refuseRequest('request.action')
  const payload = decode(action.payload, checked.value.request.payload, REQUEST_PAYLOAD_BYTES_MAX)
  return payload.ok ? ok({ ...checked.value, payload: payload.value, bytes }) : payload
}

const FORWARD_TIMEOUT_MS = 5000

/** Sends signed items on to other institutions until each has taken them; survives restarts. */
export interface Forwarding {
  /** Durable when it resolves; `institution` gets the item under `name`, a newer one in place of an older. */
  readonly put: (institution: Uint8Array, name: Uint8Array, bytes: Uint8Array) => Promise<void>
  /** Sends what waits for all; answers how many items still wait. */
  readonly flush: () => Promise<number>
}

const isForGood = (code: string): boolean =>
  !/^(network|vault|request\.busy|envelope\.grant|identity\.unknown)/.test(code)

export const createForwarding = (
  folder: OutboxFolder,
  exchange: PeerExchange,
  logger: PrivacyPorts['logger'],
): Forwarding => {
  let running: Promise<number> | undefined

  const sendOne = async (id: Uint8Array, unreachable: Set<string>): Promise<boolean> => {
    const institution = id.slice(0, 32)
    if (unreachable.has(hexFromBytes(institution))) return false
    const bytes = await folder.get(id)
    if (bytes === undefined) return true
    const receipt = await exchange.call(
      institution,
      { type: 'store-signed', bytes },
      'receipt',
      FORWARD_TIMEOUT_MS,
    )
    if (!receipt.ok && receipt.code.startsWith('network.')) unreachable.add(hexFromBytes(institution))
    if (!receipt.ok && !isForGood(receipt.code)) return false
    if (!receipt.ok)
      logger.warn({ code: receipt.code }, 'another institution does not take what was signed for it')
    await folder.remove(id)
    return true
  }

  const flushOnce = async (): Promise<number> => {
    const unreachable = new Set<string>()
    const ids = await folder.list()
    const sent = await Promise.all(ids.map((id) => sendOne(id, unreachable)))
    return sent.filter((isDone) => !isDone).length
  }

  return {
    put: (institution, name, bytes) => folder.put(Uint8Array.from([...institution, ...name]), bytes),
    async flush() {
      await running
      running ??= flushOnce().finally(() => {
        running = undefined
      })
      return running
    },
  }
}
