import type { Genesis } from '@medchain/core'
import type { Signer } from './institution-keys.ts'
import { makeAnchoring, makeChart, makeEpoch } from './made-transactions.ts'

export const KINDS = ['epoch', 'anchors', 'chart'] as const
export type Kind = (typeof KINDS)[number]

/** Kinds of transactions, and how many of each come in one round of the load. */
export type Mix = ReadonlyMap<Kind, number>

export const EPOCHS_ALONE: Mix = new Map([['epoch', 1]])

const SHARE_MAX = 1_000
const ANCHORS_PER_BATCH = 10

/** `epoch=80,anchors=20`; undefined when it is anything else. */
export const mixFromText = (text: string): Mix | undefined => {
  const mix = new Map<Kind, number>()
  for (const part of text.split(',')) {
    const [, name, share] = /^\s*(\w+)=(\d+)\s*$/.exec(part) ?? []
    const kind = KINDS.find((each) => each === name)
    if (kind === undefined || mix.has(kind) || Number(share) < 1 || Number(share) > SHARE_MAX)
      return undefined
    mix.set(kind, Number(share))
  }
  return mix
}

/** The kinds of one round, spread evenly. */
export const roundOf = (mix: Mix): readonly Kind[] =>
  [...mix]
    .flatMap(([kind, share]) =>
      Array.from({ length: share }, (_, index) => ({ kind, place: (index + 0.5) / share })),
    )
    .sort((a, b) => a.place - b.place)
    .map(({ kind }) => kind)

export interface MixParts {
  readonly genesis: Genesis
  readonly institutions: readonly Signer[]
  /** Those that open epochs. */
  readonly charts: readonly Signer[]
  /** Those that stay in their first epoch; the institution of the same place may write to each. */
  readonly quietCharts: readonly Signer[]
}

/** Makes transaction `index` of a load. */
export const createMaker = (mix: Mix, parts: MixParts): ((index: number) => Uint8Array) => {
  const { genesis, institutions, charts, quietCharts } = parts
  const round = roundOf(mix)
  const pick = <T>(things: readonly T[], index: number): T => things[index % things.length] as T
  const make: Readonly<Record<Kind, (index: number) => Uint8Array>> = {
    epoch: (index) => makeEpoch(genesis, pick(charts, index)),
    anchors: (index) => {
      const place = index % quietCharts.length
      const author = pick(institutions, place)
      return makeAnchoring(genesis, pick(quietCharts, place).id, author, ANCHORS_PER_BATCH)
    },
    chart: (index) => makeChart(genesis, pick(institutions, index)).registration,
  }
  return (index) => make[pick(round, index)](index)
}
