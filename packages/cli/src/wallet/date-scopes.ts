import {
  bytes,
  COMPARTMENTS,
  type Compartment,
  decode,
  encode,
  equalBytes,
  type Keyring,
  list,
  optional,
  type Schema,
  struct,
  uint,
  word,
} from '@medchain/core'

/** A span of clinical dates in Unix time, ms: from `fromMs`, before `untilMs`; absent ends are open. */
export interface DateSpan {
  readonly fromMs: number | undefined
  readonly untilMs: number | undefined
}

/** What the wallet remembers of a set of grants by dates: the span, and how much of each chart it has looked at. */
export interface DateScope extends DateSpan {
  readonly compartments: readonly Compartment[]
  readonly seen: readonly { readonly chart: Uint8Array; readonly batchCount: number }[]
}

const PREFIX = 'date-scope/'

/** Of 256 entries that a keyring has for all uses. */
export const DATE_SCOPES_MAX = 128

const schema = struct<DateScope>({
  // Times before 1970 are clinical dates too.
  fromMs: optional(signed()),
  untilMs: optional(signed()),
  compartments: list(word(COMPARTMENTS), COMPARTMENTS.length),
  seen: list(struct({ chart: bytes(32), batchCount: uint() }), 64),
})

/** Whole numbers of both signs, as the unsigned ones that the encoding knows. */
function signed(): Schema<number> {
  const offset = 2 ** 52
  const inner = uint()
  return {
    write: (value) => inner.write(value + offset),
    read: (cursor) => inner.read(cursor) - offset,
  }
}

/** The span of a set of grants; undefined for a set that is not limited by dates. */
export const dateScopeOf = ({ extra }: Keyring, setName: string): DateScope | undefined => {
  const entry = extra.find(({ name }) => name === `${PREFIX}${setName}`)
  const scope = entry && decode(schema, entry.value)
  return scope?.ok ? scope.value : undefined
}

export const countDateScopes = ({ extra }: Keyring): number =>
  extra.filter(({ name }) => name.startsWith(PREFIX)).length

/** The keyring with the span of a set noted. */
export const withDateScope = (keyring: Keyring, setName: string, scope: DateScope): Keyring => {
  const name = `${PREFIX}${setName}`
  const others = keyring.extra.filter((entry) => entry.name !== name)
  return { ...keyring, extra: [...others, { name, value: encode(schema, scope) }] }
}

/** Batches of a chart that the wallet has looked through for this set. */
export const seenBatches = ({ seen }: DateScope, chart: Uint8Array): number =>
  seen.find((entry) => equalBytes(entry.chart, chart))?.batchCount ?? 0
