import {
  base32FromBytes,
  COMPARTMENTS,
  type Compartment,
  type ConsentScope,
  type ConsentSet,
  type ConsentTerms,
  type GrantMode,
  type Keyring,
  type Purpose,
} from '@medchain/core'
import { dateScopeOf } from '../../wallet/date-scopes.ts'
import { type GrantSet, type OwnGrant, statusOf } from '../grant/own-grants.ts'

/** Records that notes of the set list; a list that this wallet never made is not known. */
const listedIds = ({ grants }: Keyring, set: GrantSet): readonly string[] =>
  grants.filter(({ name }) => name === set.grantId).flatMap(({ recordIds }) => recordIds.map(base32FromBytes))

const scopeOf = (keyring: Keyring, set: GrantSet, { info }: OwnGrant): ConsentScope | undefined => {
  if (info.scopeDigest === null) return { type: 'whole' }
  const dates = dateScopeOf(keyring, set.grantId)
  if (dates) return { type: 'dates', fromMs: dates.fromMs, untilMs: dates.untilMs }
  const ids = listedIds(keyring, set)
  return ids.length > 0 ? { type: 'records', ids } : undefined
}

const termsOf = (keyring: Keyring, set: GrantSet, own: OwnGrant): ConsentTerms | undefined => {
  const scope = scopeOf(keyring, set, own)
  const { info } = own
  return (
    scope && {
      grantee: info.grantee,
      compartments: [own.chart.compartment as Compartment],
      mode: info.mode as GrantMode,
      purposes: info.purposes as readonly Purpose[],
      fromMs: info.fromMs,
      untilMs: info.untilMs,
      scope,
      broker: info.broker ?? undefined,
      isDeny: info.isDeny,
    }
  )
}

// Times that the wallet blurred by up to a second in each chart were one time.
const BLUR_MS = 2000

const areNear = (a: number, b: number): boolean => Math.abs(a - b) <= BLUR_MS

const restOf = (terms: ConsentTerms): string =>
  JSON.stringify({ ...terms, compartments: undefined, fromMs: undefined, untilMs: undefined })

/** Terms that differ in their compartments alone, as one; of blurred times the narrower speak. */
const gather = (all: readonly ConsentTerms[]): readonly ConsentTerms[] => {
  const found: ConsentTerms[] = []
  for (const terms of all) {
    const at = found.findIndex(
      (other) =>
        restOf(other) === restOf(terms) &&
        areNear(other.fromMs, terms.fromMs) &&
        areNear(other.untilMs, terms.untilMs),
    )
    const other = found[at]
    if (other === undefined) {
      found.push(terms)
      continue
    }
    const compartments = [...other.compartments, ...terms.compartments]
    found[at] = {
      ...terms,
      compartments: COMPARTMENTS.filter((each) => compartments.includes(each)),
      fromMs: Math.max(other.fromMs, terms.fromMs),
      untilMs: Math.min(other.untilMs, terms.untilMs),
    }
  }
  return found
}

/**
 * A set of grants as one consent: what of it is in force, or all of it where nothing is. Undefined when it lists
 * records that this keyring does not name.
 */
export const consentOfSet = (
  keyring: Keyring,
  set: GrantSet,
  patient: string,
  timeMs: number,
  givenMs: number,
): ConsentSet | undefined => {
  const living = set.members.filter((own) => ['active', 'not-yet'].includes(statusOf(own, timeMs)))
  const terms = (living.length > 0 ? living : set.members).map((own) => termsOf(keyring, set, own))
  const known = terms.filter((each) => each !== undefined)
  if (known.length < terms.length) return undefined
  const status = living.length > 0 ? 'active' : 'inactive'
  return { id: set.grantId, patient, status, givenMs, terms: gather(known) }
}
