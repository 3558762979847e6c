import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** A wake-up each: at the library's ten a node at rest does little else. Lags are told with this much on top. */
const LAG_RESOLUTION_MS = 100

const NAME = /^medchain_[a-z0-9]+(_[a-z0-9]+)+$/

export interface Metrics {
  counter(name: string, help?: string): { add(n: number): void }
  gauge(name: string, help?: string): { set(value: number): void }
  /** A gauge that is asked for its value when somebody looks. */
  observe(name: string, value: () => number, help?: string): void
  histogram(name: string, buckets: readonly number[], help?: string): { record(value: number): void }
  readonly contentType: string
  text(): Promise<string>
}

const checkName = (name: string): string => {
  if (!NAME.test(name)) throw new Error(`a metric is named medchain_<what>_<unit>, not ${name}`)
  return name
}

const helpOf = (name: string): string => name.slice('medchain_'.length).replaceAll('_', ' ')

/** Prometheus metrics of one process. No labels: a label could only name an institution or a person. */
export const createMetrics = (): Metrics => {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_RESOLUTION_MS })
  return {
    counter: (name, help = helpOf(name)) => {
      const counter = new Counter({ name: checkName(name), help, registers })
      return { add: (n) => counter.inc(n) }
    },
    gauge: (name, help = helpOf(name)) => {
      const gauge = new Gauge({ name: checkName(name), help, registers })
      return { set: (value) => gauge.set(value) }
    },
    observe: (name, value, help = helpOf(name)) => {
      const gauge: Gauge = new Gauge({
        name: checkName(name),
        help,
        registers,
        collect: () => gauge.set(value()),
      })
    },
    histogram: (name, buckets, help = helpOf(name)) => {
      const histogram = new Histogram({ name: checkName(name), help, registers, buckets: [...buckets] })
      return { record: (value) => histogram.observe(value) }
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  }
}
