import {
  accountIdFromInception,
  type Committed,
  decode,
  equalBytes,
  prepareRecovery,
  type Result,
  type recoveryRegister,
  refuse,
} from '@medchain/core'
import { isStaffOf } from '../custody/anchoring.ts'
import { checkCoSigned, coSign } from '../directory/co-sign.ts'
import { refuseDirectory } from '../directory/codes.ts'
import type { PersonCharts } from '../directory/person-charts.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import type { PayloadOf, RecoveryValues } from './kept-values.ts'

type Ports = Pick<PrivacyPorts, 'chain' | 'self' | 'verifier'>

/** Sponsors the recovery of a person in the institution's directory, and notes whose it is. Actor: the person. */
export const registerWith =
  (ports: Ports, { people }: RecoveryValues, directory: PersonCharts) =>
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
    const committed = await ports.chain.submit(coSign(registration, ports.self))
    if (committed.ok) await people.put(recoveryId, person)
    return committed
  }

/** The newest recovery of a person, for the institution and its staff. */
export const findWith =
  ({ chain, self }: Ports, { people }: RecoveryValues) =>
  async (person: Uint8Array, actor: Uint8Array): Promise<Result<Uint8Array | undefined>> => {
    const isOwn = equalBytes(actor, self.id) || isStaffOf(chain.head().view, actor, self.id)
    return isOwn ? people.get(person) : refuse('consent.none', 'No grant matches: deny by default.')
  }
