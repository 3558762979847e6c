import { COMPARTMENTS, type Compartment } from '../../access/compartments.ts'
import type { GrantMode } from '../../access/grant.ts'
import { PURPOSES, type Purpose, RESERVED_PURPOSES } from '../../access/purposes.ts'
import { ok, type Refusal, type Result } from '../../encoding/index.ts'
import type { ConsentScope, ConsentTerms } from './consent-terms.ts'
import { type Span, unsupported } from './read-element.ts'
import type { Provision } from './read-provision.ts'

/** The last millisecond that a FHIR dateTime can name, and one more. */
const END_OF_TIME_MS = 253_402_300_800_000

const WHOLE: ConsentScope = { type: 'whole' }

/** What is said of one actor, compartment and purpose. */
interface Cell {
  readonly actor: string
  readonly broker: string | undefined
  readonly compartment: Compartment
  readonly purpose: Purpose
}

interface Ruling extends Cell {
  readonly isDeny: boolean
  readonly mode: GrantMode
  readonly fromMs: number
  readonly untilMs: number
  readonly scope: ConsentScope
}

/** Without `action` a provision is about every one: so a prohibition forbids all. A permission is read narrowly. */
const modeOf = ({ mode, isDeny }: Provision): GrantMode => mode ?? (isDeny ? 'read-write' : 'read')

const both = (outer: Span, inner: Span): Span => {
  const from = [outer.fromMs, inner.fromMs].filter((ms) => ms !== undefined)
  const until = [outer.untilMs, inner.untilMs].filter((ms) => ms !== undefined)
  return {
    fromMs: from.length > 0 ? Math.max(...from) : undefined,
    untilMs: until.length > 0 ? Math.min(...until) : undefined,
  }
}

const cellsOf = (provision: Provision): readonly Cell[] =>
  (provision.actors ?? []).flatMap((actor) =>
    (provision.compartments ?? COMPARTMENTS).flatMap((compartment) =>
      (provision.purposes ?? []).map((purpose) => ({
        actor,
        broker: provision.broker,
        compartment,
        purpose,
      })),
    ),
  )

const isIn = <T>(items: readonly T[] | undefined, item: T): boolean =>
  items === undefined || items.includes(item)

/** An exception with what it leaves to its base filled in; nothing of it lies outside the base. */
const within = (base: Provision, exception: Provision): Result<Provision> => {
  const { path } = exception
  const foreign = exception.actors?.find((actor) => !isIn(base.actors, actor))
  if (foreign !== undefined)
    return unsupported(`${path}.actor`, 'an exception is for those whom its provision names.')
  const { mode = base.mode } = exception
  const isOfBase = mode === base.mode || (base.mode === undefined && (exception.isDeny || mode === 'read'))
  if (!isOfBase) return unsupported(`${path}.action`, 'an exception is for the action of its provision.')
  if (exception.scope !== undefined && base.scope !== undefined)
    return unsupported(`${path}.data`, 'an exception within listed records or dates cannot be expressed.')
  const purposes = exception.purposes ?? base.purposes
  return ok({
    ...exception,
    actors: exception.actors ?? base.actors,
    broker: exception.broker ?? base.broker,
    mode,
    period: both(base.period, exception.period),
    compartments: (exception.compartments ?? base.compartments)?.filter((each) =>
      isIn(base.compartments, each),
    ),
    purposes: purposes?.filter((each) => isIn(base.purposes, each)),
    scope: exception.scope ?? base.scope,
  })
}

const rulingsOf = (provision: Provision): Result<readonly Ruling[]> => {
  const { path, isDeny, period, scope = WHOLE } = provision
  if (provision.actors === undefined)
    return unsupported(`${path}.actor`, 'grants go to those whom they name; a recipient is needed.')
  if (isDeny && scope.type !== 'whole')
    return unsupported(
      `${path}.${scope.type === 'dates' ? 'dataPeriod' : 'data'}`,
      'a prohibition covers whole compartments.',
    )
  const refusal = refusalOfPurposes(provision) ?? (isDeny ? undefined : refusalOfPermit(provision))
  if (refusal) return refusal
  const [cells, mode] = [cellsOf(provision), modeOf(provision)]
  const [fromMs, untilMs] = [Math.max(0, period.fromMs ?? 0), period.untilMs ?? END_OF_TIME_MS]
  return ok(fromMs < untilMs ? cells.map((cell) => ({ ...cell, isDeny, mode, fromMs, untilMs, scope })) : [])
}

const refusalOfPurposes = ({ path, purposes, isDeny, broker }: Provision): Refusal | undefined => {
  if (purposes === undefined)
    return unsupported(`${path}.purpose`, 'the purposes that are meant must be named.')
  if (!purposes.includes('HRESCH')) return undefined
  // A prohibition of research binds the broker, who delivers to others too.
  if (isDeny) return unsupported(`${path}.purpose`, 'research is forbidden by revoking the grant for it.')
  return broker === undefined
    ? unsupported(`${path}.actor`, 'HRESCH needs its broker, an actor in the role CST.')
    : undefined
}

const refusalOfPermit = ({
  path,
  period,
  compartments,
  purposes = [],
  scope,
  mode,
}: Provision): Refusal | undefined => {
  if (compartments === undefined)
    return unsupported(`${path}.securityLabel`, 'the compartments that are meant must be named.')
  if (period.untilMs === undefined) return unsupported(`${path}.period.end`, 'a permission has an end.')
  const reserved = purposes.find((purpose) => (RESERVED_PURPOSES as readonly Purpose[]).includes(purpose))
  if (reserved) return unsupported(`${path}.purpose`, `no grant opens ${reserved}.`)
  if (purposes.includes('HRESCH') && mode !== undefined && mode !== 'read')
    return unsupported(`${path}.action`, 'a grant for research is for reading.')
  if (scope !== undefined && mode !== undefined && mode !== 'read')
    return unsupported(`${path}.action`, 'listed records and dates are for reading.')
  if (scope !== undefined && purposes.includes('HRESCH'))
    return unsupported(`${path}.purpose`, 'a grant for research covers whole compartments.')
  return undefined
}

const sameCell = (a: Cell, b: Cell): boolean =>
  a.actor === b.actor && a.compartment === b.compartment && a.purpose === b.purpose

/** A dissent forbids what its exceptions do not take out; they must be cut along whole cells. */
const dissent = (base: Provision, permits: readonly Provision[]): Result<readonly Ruling[]> => {
  const forbidden = rulingsOf(base)
  if (!forbidden.ok) return forbidden
  const permitted: Ruling[] = []
  for (const exception of permits) {
    const rulings = rulingsOf(exception)
    if (!rulings.ok) return rulings
    if (exception.scope !== undefined)
      return unsupported(`${exception.path}.data`, 'a dissent has no exception for single records.')
    if (exception.mode !== base.mode)
      return unsupported(`${exception.path}.action`, 'a dissent has no exception for an action.')
    const isCut = rulings.value.some(
      (each) =>
        each.fromMs > Math.max(0, base.period.fromMs ?? 0) ||
        each.untilMs < (base.period.untilMs ?? END_OF_TIME_MS),
    )
    if (isCut) return unsupported(`${exception.path}.period`, 'a dissent has no exception for a time.')
    permitted.push(...rulings.value)
  }
  const left = forbidden.value.filter((each) => !permitted.some((other) => sameCell(each, other)))
  return ok([...left, ...permitted])
}

const keyOf = ({ actor, isDeny, mode, fromMs, untilMs, scope, broker, purpose }: Ruling): string =>
  JSON.stringify([actor, isDeny, mode, fromMs, untilMs, scope, purpose === 'HRESCH' ? (broker ?? '') : null])

/** Rulings as few terms as they make: purposes of a compartment together, then compartments of the same purposes. */
const gather = (rulings: readonly Ruling[]): readonly ConsentTerms[] => {
  const found = new Map<string, { ruling: Ruling; compartments: Map<Compartment, Set<Purpose>> }>()
  for (const ruling of rulings) {
    const key = keyOf(ruling)
    const entry = found.get(key) ?? { ruling, compartments: new Map() }
    found.set(key, entry)
    const purposes = entry.compartments.get(ruling.compartment) ?? new Set()
    entry.compartments.set(ruling.compartment, purposes.add(ruling.purpose))
  }
  return [...found.values()].flatMap(({ ruling, compartments }) => {
    const byPurposes = new Map<string, Compartment[]>()
    for (const [compartment, purposes] of compartments) {
      const name = PURPOSES.filter((purpose) => purposes.has(purpose)).join()
      byPurposes.set(name, [...(byPurposes.get(name) ?? []), compartment])
    }
    return [...byPurposes].map(([names, own]) => ({
      grantee: ruling.actor,
      compartments: COMPARTMENTS.filter((each) => own.includes(each)),
      mode: ruling.mode,
      purposes: names.split(',') as Purpose[],
      fromMs: ruling.fromMs,
      untilMs: ruling.untilMs,
      scope: ruling.scope,
      broker: ruling.purpose === 'HRESCH' ? ruling.broker : undefined,
      isDeny: ruling.isDeny,
    }))
  })
}

/**
 * The grants that say what a root provision says. Within it the deepest matching provision speaks, and of two
 * exceptions that match the one that denies; a base that denies is silent where it is not a dissent. Across the
 * grants deny beats permit. Refuses with the path of what cannot be said exactly.
 */
export const termsFromProvision = (base: Provision, isDissent: boolean): Result<readonly ConsentTerms[]> => {
  const exceptions: Provision[] = []
  for (const nested of base.nested) {
    const inner = within(base, nested)
    if (!inner.ok) return inner
    exceptions.push(inner.value)
  }
  const [denies, permits] = [true, false].map((isDeny) => exceptions.filter((each) => each.isDeny === isDeny))
  const spoken: Provision[] = []
  if (!base.isDeny) {
    if (base.scope !== undefined && denies?.[0])
      return unsupported(denies[0].path, 'a prohibition within listed records or dates cannot be expressed.')
    // An exception that permits within what is permitted says nothing more.
    spoken.push(base, ...(denies ?? []))
  } else if (!isDissent) spoken.push(...exceptions)
  const rulings: Ruling[] = []
  for (const provision of spoken) {
    const own = rulingsOf(provision)
    if (!own.ok) return own
    rulings.push(...own.value)
  }
  if (base.isDeny && isDissent) {
    if (denies?.[0] && permits?.[0])
      return unsupported(denies[0].path, 'a dissent with exceptions both ways cannot be expressed.')
    const own = dissent(base, permits ?? [])
    if (!own.ok) return own
    rulings.push(...own.value)
  }
  return ok(gather(rulings))
}
