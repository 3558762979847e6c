import { hexFromBytes } from '@medchain/core'

/** What one member may have waiting at a holder: two of the largest files. */
export const WAITING_BYTES_MAX = 8 * 1024 * 1024 * 1024
/** However small a thing is, keeping it costs as much. */
const BYTES_EACH_MIN = 64 * 1024

/** How much each member has handed over that no block anchors yet. */
export interface WaitingBytes {
  readonly add: (name: string, from: Uint8Array, sizeBytes: number) => void
  readonly forget: (name: string) => void
  readonly hasRoom: (from: Uint8Array, sizeBytes: number) => boolean
}

interface Held {
  readonly from: string
  readonly sizeBytes: number
}

export const createWaitingBytes = (bytesMax: number): WaitingBytes => {
  const things = new Map<string, Held>()
  const totals = new Map<string, number>()

  const change = (from: string, by: number): void => {
    const total = (totals.get(from) ?? 0) + by
    if (total > 0) totals.set(from, total)
    else totals.delete(from)
  }
  const forget: WaitingBytes['forget'] = (name) => {
    const held = things.get(name)
    if (held === undefined) return
    things.delete(name)
    change(held.from, -held.sizeBytes)
  }
  return {
    forget,
    add(name, member, sizeBytes) {
      const from = hexFromBytes(member)
      const before = things.get(name)
      // Whoever brings more to what another began answers for all of it.
      const total = (before?.sizeBytes ?? 0) + Math.max(sizeBytes, BYTES_EACH_MIN)
      forget(name)
      things.set(name, { from, sizeBytes: total })
      change(from, total)
    },
    hasRoom: (from, sizeBytes) => (totals.get(hexFromBytes(from)) ?? 0) + sizeBytes <= bytesMax,
  }
}
