import {
  bytesFromText,
  concatBytes,
  type DeclaredEmergency,
  decode,
  emergencyChoices,
  encode,
  equalBytes,
  hexFromBytes,
  type KnownHaltedDeclaration,
  knownHaltedDeclarationSchema,
  type SignedHaltedDeclaration,
} from '@medchain/core'
import { HEAD_AGE_MS_MAX } from '../disclosure/fresh-head.ts'
import type { PrivacyPorts, VaultName } from '../requests/ports.ts'

const PREFIX = bytesFromText('halted/')

/** A declaration with both signatures, as it is kept until the chain has it. */
export type KeptDeclaration = SignedHaltedDeclaration & { readonly isClosed: boolean }

/** Declarations that this node accepted while the chain stood still, on its disk before anything follows from them. */
export interface HaltedDeclarations {
  /**
   * Whether the chain stands still as this node sees it: its head is older than 30 s, and no block has come in for as long,
   * or since it started. Whoever catches up, or has a clock that goes ahead, still sees blocks.
   */
  readonly isHalted: () => boolean
  readonly all: () => readonly (KeptDeclaration & { readonly id: Uint8Array })[]
  readonly find: (id: Uint8Array) => KeptDeclaration | undefined
  /** What a decision on BTG needs to know of the newest one of the actor for the chart, while the chain stands still. */
  readonly declaredBy: (chart: Uint8Array, actor: Uint8Array) => DeclaredEmergency | undefined
  /** Durable once it resolves. */
  readonly put: (id: Uint8Array, kept: KeptDeclaration) => Promise<void>
  readonly remove: (id: Uint8Array) => Promise<void>
  /** Looks at blocks no more. */
  readonly close: () => void
}

const nameOf = (id: Uint8Array): VaultName => ({ kind: 'index', key: concatBytes(PREFIX, id) })

const load = async ({ vault, logger }: Pick<PrivacyPorts, 'vault' | 'logger'>) => {
  const kept = new Map<string, KeptDeclaration & { readonly id: Uint8Array }>()
  for (const key of vault.list('index', PREFIX)) {
    const id = key.slice(PREFIX.length)
    const value = await vault.get({ kind: 'index', key })
    const known = value.ok && value.value ? decode(knownHaltedDeclarationSchema, value.value) : undefined
    const byCoSigner = known?.ok ? known.value.byCoSigner : undefined
    if (known?.ok && byCoSigner) kept.set(hexFromBytes(id), { ...known.value, byCoSigner, id })
    else
      logger.warn({ id: hexFromBytes(id) }, 'a declaration of a halt cannot be read, so it is not anchored')
  }
  return kept
}

const newest = <T extends KeptDeclaration>(found: readonly T[]): T | undefined =>
  [...found].sort(
    (a, b) => b.declaration.timeMs - a.declaration.timeMs || Number(a.isClosed) - Number(b.isClosed),
  )[0]

export const openHaltedDeclarations = async (
  ports: Pick<PrivacyPorts, 'vault' | 'logger' | 'chain' | 'clock'>,
): Promise<HaltedDeclarations> => {
  const { vault, chain, clock } = ports
  let blockCameMs = clock.wallMs()
  const close = chain.onCommitted(() => {
    blockCameMs = clock.wallMs()
  })
  const isHalted = (): boolean =>
    clock.wallMs() - Math.max(blockCameMs, chain.head().timeMs) > HEAD_AGE_MS_MAX
  const kept = await load(ports)
  const all = () => [...kept.values()]
  return {
    isHalted,
    close,
    all,
    find: (id) => kept.get(hexFromBytes(id)),
    declaredBy: (chart, actor) => {
      if (!isHalted()) return undefined
      const own = newest(
        all().filter(
          ({ declaration }) =>
            equalBytes(declaration.chart, chart) && equalBytes(declaration.declarer, actor),
        ),
      )
      if (!own) return undefined
      const { timeMs, durationMs } = own.declaration
      const { view, timeMs: headMs } = chain.head()
      const isEligible = view.get(emergencyChoices, chart)?.isEligible === true
      // In force by the wall clock alone: no block time lies in a halt.
      return { id: own.id, fromMs: headMs, untilMs: timeMs + durationMs, isClosed: own.isClosed, isEligible }
    },
    async put(id, declared) {
      const known: KnownHaltedDeclaration = declared
      await vault.putBatch([{ ...nameOf(id), value: encode(knownHaltedDeclarationSchema, known) }])
      kept.set(hexFromBytes(id), { ...declared, id })
    },
    async remove(id) {
      await vault.erase([nameOf(id)])
      kept.delete(hexFromBytes(id))
    },
  }
}
