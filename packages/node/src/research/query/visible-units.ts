import { base32FromBytes, bytesFromText, decideAccess, hashTagged, hexFromBytes } from '@medchain/core'
import type { Receiver } from '../broker/receive.ts'
import type { ResearchPorts } from '../ports.ts'

/** Grants under which `actor` may count delivered rows at this head. */
export const visibleGrants = (
  { chain, clock }: ResearchPorts,
  receiver: Receiver,
  actor: Uint8Array,
): string[] => {
  const { view, timeMs } = chain.head()
  const now = Math.max(timeMs, clock.wallMs())
  return receiver
    .grantsInForce()
    .filter(({ chart }) => {
      const question = {
        actor,
        chart,
        recordId: undefined,
        purpose: 'HRESCH',
        mode: 'deidentified',
        timeMs: now,
        scopeProof: undefined,
      } as const
      return decideAccess(view, question).outcome === 'permit'
    })
    .map(({ grantId }) => hexFromBytes(grantId))
}

/** Names the consents an answer rests on: a digest over the grants, the query and the height. */
export const licenceOf = (grantIds: readonly string[], query: string, height: number): string =>
  base32FromBytes(
    hashTagged(
      'medchain/licence/1',
      bytesFromText(`${height}\n${query}\n${[...grantIds].sort().join('\n')}`),
    ),
  )
