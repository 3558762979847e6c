import { ok, type Result } from '@medchain/core'
import { awaitState } from '../requests/await-state.ts'
import type { Head, PrivacyPorts } from '../requests/ports.ts'
import { refuseDisclosure } from './codes.ts'

/** A decision needs a head that is at most this old by the wall clock. */
export const HEAD_AGE_MS_MAX = 30_000

type Ports = Pick<PrivacyPorts, 'chain' | 'clock'>

/** The head, once it is at `minHeight` (waited for, at most 2 s), if it is fresh; `disclosure.stale` otherwise. */
export const freshHead = async (ports: Ports, minHeight: number): Promise<Result<Head>> => {
  await awaitState(ports, () => ports.chain.head().height >= minHeight)
  const head = ports.chain.head()
  if (head.height < minHeight) return refuseDisclosure('disclosure.stale', `at height ${head.height}`)
  const ageMs = ports.clock.wallMs() - head.timeMs
  return ageMs <= HEAD_AGE_MS_MAX ? ok(head) : refuseDisclosure('disclosure.stale', `head is ${ageMs} ms old`)
}
