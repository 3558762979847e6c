import { type Compartment, isCompartment } from '../../access/compartments.ts'
import type { GrantMode } from '../../access/grant.ts'
import { PURPOSES, type Purpose } from '../../access/purposes.ts'
import { ok, type Result } from '../../encoding/index.ts'
import type { JsonObject } from '../json/value.ts'
import type { ConsentScope } from './consent-terms.ts'
import {
  checkElements,
  codeOf,
  conceptCode,
  identifierOf,
  malformed,
  membersOf,
  periodOf,
  readEach,
  type Span,
  textOf,
  unsupported,
} from './read-element.ts'
import { SYSTEMS } from './systems.ts'

/** One provision as it stands; what it does not name is undefined. */
export interface Provision {
  readonly path: string
  readonly isDeny: boolean
  readonly period: Span
  /** DIDs of recipients. */
  readonly actors: readonly string[] | undefined
  readonly broker: string | undefined
  readonly mode: GrantMode | undefined
  readonly compartments: readonly Compartment[] | undefined
  readonly purposes: readonly Purpose[] | undefined
  readonly scope: ConsentScope | undefined
  readonly nested: readonly Provision[]
}

const ELEMENTS = [
  'id',
  'type',
  'period',
  'actor',
  'action',
  'securityLabel',
  'purpose',
  'data',
  'dataPeriod',
  'provision',
]

const listed = <T>(items: readonly T[]): readonly T[] | undefined => (items.length > 0 ? items : undefined)

const readActors = (provision: JsonObject, path: string): Result<Pick<Provision, 'actors' | 'broker'>> => {
  const members = membersOf(provision, 'actor', path)
  if (!members.ok) return members
  const read = readEach(members.value, (actor, index) => {
    const at = `${path}.actor[${index}]`
    const known = checkElements(actor, at, ['id', 'role', 'reference'])
    if (!known.ok) return known
    const role = conceptCode((actor.role ?? {}) as JsonObject, `${at}.role`, SYSTEMS.participation)
    if (!role.ok) return role
    if (role.value !== 'IRCP' && role.value !== 'CST')
      return unsupported(`${at}.role`, 'IRCP, and CST for a broker, are expected.')
    const did = identifierOf(actor.reference, `${at}.reference`, SYSTEMS.uri)
    return did.ok ? ok({ role: role.value, did: did.value }) : did
  })
  if (!read.ok) return read
  const dids = (role: string) => read.value.filter((each) => each.role === role).map(({ did }) => did)
  const [broker, other] = dids('CST')
  if (other !== undefined) return unsupported(`${path}.actor`, 'one broker at most is expected.')
  return ok({ actors: listed([...new Set(dids('IRCP'))]), broker })
}

const MODES: Readonly<Record<string, GrantMode | undefined>> = {
  access: 'read',
  collect: 'write',
  'access,collect': 'read-write',
}

const readMode = (provision: JsonObject, path: string): Result<GrantMode | undefined> => {
  const members = membersOf(provision, 'action', path)
  if (!members.ok || members.value.length === 0) return members.ok ? ok(undefined) : members
  const codes = readEach(members.value, (action, index) =>
    conceptCode(action, `${path}.action[${index}]`, SYSTEMS.action),
  )
  if (!codes.ok) return codes
  const mode = MODES[[...new Set(codes.value)].sort().join()]
  return mode ? ok(mode) : unsupported(`${path}.action`, 'access, collect, or both are expected.')
}

const readCompartments = (
  provision: JsonObject,
  path: string,
): Result<readonly Compartment[] | undefined> => {
  const members = membersOf(provision, 'securityLabel', path)
  if (!members.ok) return members
  const read = readEach(members.value, (label, index): Result<Compartment> => {
    const at = `${path}.securityLabel[${index}]`
    // A label of another system may cover a part of a compartment, and no grant covers a part by its label.
    const code = codeOf(label, at, SYSTEMS.compartment)
    if (!code.ok) return code
    return isCompartment(code.value) ? ok(code.value) : unsupported(at, 'this is no compartment.')
  })
  return read.ok ? ok(listed([...new Set(read.value)])) : read
}

const readPurposes = (provision: JsonObject, path: string): Result<readonly Purpose[] | undefined> => {
  const members = membersOf(provision, 'purpose', path)
  if (!members.ok) return members
  const read = readEach(members.value, (purpose, index): Result<Purpose> => {
    const at = `${path}.purpose[${index}]`
    const code = codeOf(purpose, at, SYSTEMS.purpose)
    if (!code.ok) return code
    const known = PURPOSES.find((each) => each === code.value)
    return known ? ok(known) : unsupported(at, `purposes are ${PURPOSES.join(', ')}.`)
  })
  return read.ok ? ok(listed([...new Set(read.value)])) : read
}

const readScope = (provision: JsonObject, path: string): Result<ConsentScope | undefined> => {
  const members = membersOf(provision, 'data', path)
  if (!members.ok) return members
  const ids = readEach(members.value, (data, index): Result<string> => {
    const at = `${path}.data[${index}]`
    const known = checkElements(data, at, ['id', 'meaning', 'reference'])
    if (!known.ok) return known
    if (textOf(data.meaning) !== 'instance')
      return unsupported(`${at}.meaning`, 'only instance: related and dependent records are not followed.')
    return identifierOf(data.reference, `${at}.reference`, SYSTEMS.record)
  })
  if (!ids.ok) return ids
  const dates = periodOf(provision.dataPeriod, `${path}.dataPeriod`)
  if (!dates.ok) return dates
  if (ids.value.length > 0 && provision.dataPeriod !== undefined)
    return unsupported(`${path}.dataPeriod`, 'listed records and dates cannot stand together.')
  if (ids.value.length > 0) return ok({ type: 'records', ids: ids.value })
  return ok(provision.dataPeriod === undefined ? undefined : { type: 'dates', ...dates.value })
}

/** A provision and its exceptions, one level deep; refuses with the path of what grants cannot express. */
export const readProvision = (object: JsonObject, path: string, depth = 0): Result<Provision> => {
  const known = checkElements(object, path, ELEMENTS)
  if (!known.ok) return known
  const type = textOf(object.type)
  if (type !== 'permit' && type !== 'deny') return malformed(`${path}.type`, 'permit or deny is expected.')
  const period = periodOf(object.period, `${path}.period`)
  if (!period.ok) return period
  const actors = readActors(object, path)
  if (!actors.ok) return actors
  const mode = readMode(object, path)
  if (!mode.ok) return mode
  const compartments = readCompartments(object, path)
  if (!compartments.ok) return compartments
  const purposes = readPurposes(object, path)
  if (!purposes.ok) return purposes
  const scope = readScope(object, path)
  if (!scope.ok) return scope
  const inner = membersOf(object, 'provision', path)
  if (!inner.ok) return inner
  if (depth > 0 && inner.value.length > 0)
    return unsupported(`${path}.provision`, 'exceptions are one level deep.')
  const nested = readEach(inner.value, (each, index) =>
    readProvision(each, `${path}.provision[${index}]`, depth + 1),
  )
  if (!nested.ok) return nested
  return ok({
    path,
    isDeny: type === 'deny',
    period: period.value,
    ...actors.value,
    mode: mode.value,
    compartments: compartments.value,
    purposes: purposes.value,
    scope: scope.value,
    nested: nested.value,
  })
}
