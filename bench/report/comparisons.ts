/** A latency of another program at an offered rate, in ms; two numbers where runs differed. */
export interface ComparedLatency {
  readonly perSecond: number
  readonly p50Ms: number | readonly [number, number]
  /** Undefined where it was not to be told. */
  readonly p95Ms?: number | readonly [number, number]
  readonly note?: string
}

export interface Comparison {
  readonly name: string
  readonly setting: string
  readonly latencies: readonly ComparedLatency[]
  readonly note?: string
}

/** As measured on a machine of the same kind. */
export const COMPARISONS: readonly Comparison[] = [
  {
    name: 'CometBFT 0.38',
    setting: 'block interval 0',
    latencies: [
      { perSecond: 200, p50Ms: 86, p95Ms: 115 },
      { perSecond: 1_000, p50Ms: [126, 144], p95Ms: [196, 223] },
      { perSecond: 1_500, p50Ms: [163, 726], p95Ms: [386, 1_142] },
      { perSecond: 2_000, p50Ms: 7_000, note: 'collapsed' },
    ],
  },
  {
    name: 'Fabric, BFT orderer',
    setting: 'ordering only',
    latencies: [
      { perSecond: 200, p50Ms: 56, p95Ms: 89 },
      { perSecond: 1_000, p50Ms: 176, p95Ms: 351 },
    ],
    note: 'knee at about 1,150/s',
  },
]
