import { hexFromBytes, type Result } from '@medchain/core'
import { refuseRequest } from './codes.ts'

/** Remembers nonces for as long as a statement that carries them would be fresh. */
export interface NonceWindow {
  /** Notes the nonce; `request.replayed` when it is known, `request.busy` when no more can be held. */
  readonly take: (actor: Uint8Array, nonce: Uint8Array, nowMs: number) => Result<void>
}

/** Of a window, no actor takes more than this part: one alone never makes the node busy for the others. */
const ACTOR_SHARE = 1 / 4

/** Two generations of `spanMs` each: a nonce is known for at least one span, memory stays below 2 × `countMax`. */
export const createNonceWindow = (spanMs: number, countMax: number): NonceWindow => {
  let current = new Set<string>()
  let previous = new Set<string>()
  let taken = new Map<string, number>()
  let sinceMs = 0
  const turn = (nowMs: number): void => {
    if (nowMs - sinceMs < spanMs) return
    previous = nowMs - sinceMs < spanMs * 2 ? current : new Set()
    current = new Set()
    taken = new Map()
    sinceMs = nowMs
  }
  return {
    take(actor, nonce, nowMs) {
      turn(nowMs)
      const actorName = hexFromBytes(actor)
      const name = actorName + hexFromBytes(nonce)
      const own = taken.get(actorName) ?? 0
      if (current.has(name) || previous.has(name)) return refuseRequest('request.replayed')
      if (current.size >= countMax || own >= countMax * ACTOR_SHARE) return refuseRequest('request.busy')
      current.add(name)
      taken.set(actorName, own + 1)
      return { ok: true, value: undefined }
    },
  }
}
