import type { Readable, Writable } from 'node:stream'

export interface HostOutput extends Writable {
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface HostInput extends Readable {
  readonly isTTY?: boolean
  readonly setRawMode?: (isRaw: boolean) => unknown
}

/** What a command may touch of the process it runs in, so that tests can run one inside theirs. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: HostInput
  readonly stdout: HostOutput
  readonly stderr: HostOutput
  readonly homeFolder: string
  readonly now: () => number
}
