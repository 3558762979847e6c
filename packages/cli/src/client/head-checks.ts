import type { KnownChain } from './known-chain.ts'

/** What a client holds against the heads that its node shows. */
export interface HeadChecks {
  readonly now: () => number
  readonly known: () => KnownChain | undefined
  /** What is remembered then: more than was given where another command of the home has seen more. */
  readonly remember: (known: KnownChain) => Promise<KnownChain>
  /** Whether an old head will do, as it does for care while the chain stands still (D8). */
  readonly bearsOld: (ageMs: number) => boolean
}
