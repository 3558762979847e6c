import { ok, type Result } from '@medchain/core'
import type { Head, PrivacyPorts } from '../requests/ports.ts'
import { refuseDisclosure } from './codes.ts'

/** A decision needs a head that is at most this old by the wall clock. */
export const HEAD_AGE_MS_MAX = 30_000
const WAIT_MS_MAX = 2000

type Ports = Pick<PrivacyPorts, 'chain' | 'clock'>

const whenHeight = ({ chain, clock }: Ports, minHeight: number): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      cancel()
      leave()
      resolve()
    }
    const cancel = clock.setTimer(WAIT_MS_MAX, done)
    const leave = chain.onCommitted(() => {
      if (chain.head().height >= minHeight) done()
    })
  })

/** The head, once it is at `minHeight` (waited for, at most 2 s), if it is fresh; `disclosure.stale` otherwise. */
export const freshHead = async (ports: Ports, minHeight: number): Promise<Result<Head>> => {
  if (ports.chain.head().height < minHeight) await whenHeight(ports, minHeight)
  const head = ports.chain.head()
  if (head.height < minHeight) return refuseDisclosure('disclosure.stale', `at height ${head.height}`)
  const ageMs = ports.clock.wallMs() - head.timeMs
  return ageMs <= HEAD_AGE_MS_MAX ? ok(head) : refuseDisclosure('disclosure.stale', `head is ${ageMs} ms old`)
}
