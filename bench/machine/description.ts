import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os'

/** What kind of machine it is; nothing that names this one. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGigabytes: number
  readonly system: string
}

export const describeMachine = (): Machine => ({
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  memoryGigabytes: Math.round(totalmem() / 1e9),
  system: `${platform()} ${arch()}`,
})
