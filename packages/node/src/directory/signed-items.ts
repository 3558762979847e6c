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
  ports: Pick<PrivacyPorts, 'chain' | 'verifier' | 'personKeys'>,
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
  /** Destroys the items that `isOutdated`. */
  readonly drop: (isOutdated: (bytes: Uint8Array) => boolean) => Promise<void>
}

// A signature by keys of which the other institution is about to learn is none yet.
const isForGood = (code: string): boolean =>
  !/^(network|vault|request\.busy|request\.signature|envelope\.grant|identity\.unknown|emergency\.early)/.test(
    code,
  )

export interface ForwardingManner {
  /** What carries the items. */
  readonly type: 'store-signed' | 'carry-letter'
  /** Whether an item is not worth sending any more. */
  readonly isOver: (bytes: Uint8Array) => boolean
}

export const createForwarding = (
  folder: OutboxFolder,
  exchange: PeerExchange,
  logger: PrivacyPorts['logger'],
  { type, isOver }: ForwardingManner = { type: 'store-signed', isOver: () => false },
): Forwarding => {
  let running: Promise<number> | undefined
  /** How often each item was put: what was replaced while the older one was sent still waits. */
  const versions = new Map<string, number>()

  const sendOne = async (id: Uint8Array): Promise<'done' | 'waits' | 'away'> => {
    const version = versions.get(hexFromBytes(id))
    const bytes = await folder.get(id)
    if (bytes === undefined) return 'done'
    if (isOver(bytes)) {
      await folder.remove(id)
      return 'done'
    }
    const receipt = await exchange.call(id.slice(0, 32), { type, bytes }, 'receipt', FORWARD_TIMEOUT_MS)
    if (!receipt.ok && receipt.code.startsWith('network.')) return 'away'
    if (!receipt.ok && !isForGood(receipt.code)) return 'waits'
    if (!receipt.ok)
      logger.warn({ code: receipt.code }, 'another institution does not take what was signed for it')
    if (versions.get(hexFromBytes(id)) !== version) return 'waits'
    versions.delete(hexFromBytes(id))
    await folder.remove(id)
    return 'done'
  }

  /** One item after another, until the institution turns out to be away; answers how many are left. */
  const sendAllTo = async (ids: readonly Uint8Array[]): Promise<number> => {
    let left = 0
    for (const [position, id] of ids.entries()) {
      const outcome = await sendOne(id)
      if (outcome === 'away') return left + ids.length - position
      if (outcome === 'waits') left++
    }
    return left
  }

  const flushOnce = async (): Promise<number> => {
    const byInstitution = new Map<string, Uint8Array[]>()
    for (const id of folder.list()) {
      const name = hexFromBytes(id.slice(0, 32))
      byInstitution.set(name, [...(byInstitution.get(name) ?? []), id])
    }
    const left = await Promise.all([...byInstitution.values()].map(sendAllTo))
    return left.reduce((sum, count) => sum + count, 0)
  }

  return {
    async drop(isOutdated) {
      for (const id of folder.list()) {
        const bytes = await folder.get(id)
        if (bytes === undefined || !isOutdated(bytes)) continue
        versions.delete(hexFromBytes(id))
        await folder.remove(id)
      }
    },
    put(institution, name, bytes) {
      const id = Uint8Array.from([...institution, ...name])
      versions.set(hexFromBytes(id), (versions.get(hexFromBytes(id)) ?? 0) + 1)
      return folder.put(id, bytes)
    },
    async flush() {
      await running
      running ??= flushOnce().finally(() => {
        running = undefined
      })
      return running
    },
  }
}
