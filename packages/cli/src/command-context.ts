import type { NodeClient } from './client/node-client.ts'
import type { JsonValue } from './format/json-value.ts'
import { type Palette, paletteOf } from './format/palette.ts'
import { durationText } from './format/time.ts'
import type { GlobalOptions } from './global-options.ts'
import type { Host } from './host.ts'
import type { PassphrasePrompt } from './passphrase.ts'
import { type Progress, SILENT } from './progress.ts'
import type { Wallet } from './wallet/wallet.ts'

/** Everything a command works with; what is costly to load is loaded when first asked for. */
export interface CommandContext {
  readonly host: Host
  readonly options: GlobalOptions
  readonly paint: Palette
  /** Columns of the terminal that tables may fill; infinite for a file or another program. */
  readonly columns: number
  /** Whether a person sits there who can be asked. */
  readonly isInteractive: boolean
  /** A line for people, on standard error; silent under --quiet and --json. */
  readonly note: (line: string) => void
  /** What went wrong without ending the command; silent under --quiet only. */
  readonly warn: (line: string) => void
  /** Adds a key to the JSON document with which the command ends. */
  readonly mark: (key: string, value: JsonValue) => void
  /** What `mark` added so far. */
  readonly marks: ReadonlyMap<string, JsonValue>
  /** Lines of JSON or text while a command goes on, for those that stream. */
  readonly emit: (json: JsonValue, text: string) => void
  readonly passphrase: (prompt: PassphrasePrompt) => Promise<string>
  readonly confirm: (question: string) => Promise<boolean>
  readonly progress: (label: string) => Promise<Progress>
  /** The node that the person trusts, its network checked; `node.unreachable`, `network.mismatch`. */
  readonly client: () => Promise<NodeClient>
  /** Lets the command go on with an old head while the chain stands still: reading for care only (D8). */
  readonly bearOldHead: () => void
  readonly wallet: () => Promise<Wallet>
  /** Resolves when the person or the system asks the command to end. */
  readonly untilInterrupted: () => Promise<void>
}

/** Care goes on for a day (D8). */
const HALT_MS_MAX = 24 * 60 * 60 * 1000

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

const untilInterrupted = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })

export const createCommandContext = (host: Host, options: GlobalOptions): CommandContext => {
  const isInteractive = host.stdin.isTTY === true && host.stderr.isTTY === true && !options.isJson
  const write = (line: string) => void host.stderr.write(`${line}\n`)
  const marks = new Map<string, JsonValue>()
  let bearsOldHead = false
  const bearsOld = (ageMs: number): boolean => {
    if (!bearsOldHead || ageMs > HALT_MS_MAX) return false
    if (!marks.has('stale')) context.warn(`The node’s newest block is ${durationText(ageMs)} old.`)
    context.mark('stale', true)
    return true
  }
  const connect = async (): Promise<NodeClient> => {
    if (!options.verify) context.warn('Nothing that the node says of the chain is checked (--no-verify).')
    return (await import('./client/connect.ts')).connectToNode(host, options, bearsOld, context.note)
  }
  const context: CommandContext = {
    host,
    options,
    paint: paletteOf(options.hasColor),
    columns: host.stdout.isTTY ? (host.stdout.columns ?? 80) : Number.POSITIVE_INFINITY,
    isInteractive,
    note: (line) => {
      if (!options.isQuiet && !options.isJson) write(line)
    },
    warn: (line) => {
      if (!options.isQuiet) write(line)
    },
    mark: (key, value) => void marks.set(key, value),
    marks,
    emit: (json, text) => void host.stdout.write(`${options.isJson ? JSON.stringify(json) : text}\n`),
    passphrase: async (prompt) => (await import('./passphrase.ts')).readPassphrase(host, options, prompt),
    confirm: async (question) => {
      if (options.assumeYes) return true
      return isInteractive && (await import('./passphrase.ts')).askYesNo(host, question)
    },
    progress: async (label) => {
      const isShown = host.stderr.isTTY === true && !options.isQuiet
      return isShown ? (await import('./views/progress-view.tsx')).showProgress(host, label) : SILENT
    },
    client: once(connect),
    bearOldHead: () => {
      bearsOldHead = true
    },
    wallet: once(async () =>
      (await import('./wallet/open-wallet.ts')).openWallet({
        home: options.home,
        chosen: options.identity,
        passphrase: context.passphrase,
      }),
    ),
    untilInterrupted,
  }
  return context
}
