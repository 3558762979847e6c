import {
  accountIdFromInception,
  type Committed,
  decode,
  equalBytes,
  ok,
  prepareRecovery,
  type Result,
  recoveries,
  type recoveryRegister,
  refuse,
} from '@medchain/core'
import { isStaffOf } from '../custody/anchoring.ts'
import { checkCoSigned, coSign } from '../directory/co-sign.ts'
import { refuseDirectory } from '../directory/codes.ts'
import type { PersonCharts } from '../directory/person-charts.ts'
import { isUncertain } from '../requests/codes.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { refuseGuardian } from './codes.ts'
import { ID_BYTES, type PayloadOf, type RecoveryValues } from './kept-values.ts'

type Ports = Pick<PrivacyPorts, 'chain' | 'self' | 'verifier'>

/** Each stands on the chain for good; nobody changes guardians more often. */
export const RECOVERIES_PER_PERSON_MAX = 64

const NOTHING = new Uint8Array(0)

export const ownRecoveries = (
  { owners }: Pick<RecoveryValues, 'owners'>,
  person: Uint8Array,
): readonly Uint8Array[] =>
  owners
    .list()
    .filter((name) => equalBytes(name.slice(ID_BYTES), person))
    .map((name) => name.slice(0, ID_BYTES))

/**
 * Keeps a recovery for the first who brings it: what registers it can be read on the chain by all, and whoever it is
 * noted for is whom the institution would vouch for.
 */
const claim = async (
  { chain }: Pick<Ports, 'chain'>,
  values: RecoveryValues,
  recoveryId: Uint8Array,
  person: Uint8Array,
): Promise<Result<void>> => {
  const { owners } = values
  const [owner] = owners.list(recoveryId)
  if (owner) return equalBytes(owner, person) ? ok(undefined) : refuseGuardian('recover.exists')
  if (chain.head().view.get(recoveries, recoveryId)) return refuseGuardian('recover.exists')
  if (ownRecoveries(values, person).length >= RECOVERIES_PER_PERSON_MAX)
    return refuseGuardian('recover.too-many')
  await owners.put(NOTHING, recoveryId, person)
  return ok(undefined)
}

/** Sponsors the recovery of a person in the institution's directory, and notes whose it is. Actor: the person. */
export const registerWith =
  (ports: Ports, values: RecoveryValues, directory: PersonCharts) =>
  async (
    { registration }: PayloadOf<typeof recoveryRegister>,
    person: Uint8Array,
  ): Promise<Result<Committed>> => {
    const known = await directory.of(person)
    if (!known.ok) return known
    if (known.value.length === 0) return refuseDirectory('directory.unknown')
    const terms = decode(prepareRecovery.payload, registration.body.payload)
    if (!terms.ok) return refuseDirectory('directory.registration', terms.message)
    const { inception } = terms.value
    const recoveryId = accountIdFromInception(inception)
    if (!equalBytes(recoveryId, registration.signer))
      return refuseDirectory('directory.registration', 'another signer')
    const checked = checkCoSigned(registration, prepareRecovery.kind, inception.signingKey, ports)
    if (!checked.ok) return checked
    const claimed = await claim(ports, values, recoveryId, person)
    if (!claimed.ok) return claimed
    const committed = await ports.chain.submit(coSign(registration, ports.self))
    if (committed.ok) await values.people.put(recoveryId, person)
    else if (!isUncertain(committed.code)) await values.owners.erase(recoveryId, person)
    return committed
  }

/** The newest recovery of a person, for the institution and its staff. */
export const findWith =
  ({ chain, self }: Ports, { people }: RecoveryValues) =>
  async (person: Uint8Array, actor: Uint8Array): Promise<Result<Uint8Array | undefined>> => {
    const isOwn = equalBytes(actor, self.id) || isStaffOf(chain.head().view, actor, self.id)
    return isOwn ? people.get(person) : refuse('consent.none', 'No grant matches: deny by default.')
  }
