import {
  accountIdFromInception,
  type Committed,
  type CoSigned,
  decode,
  enrol,
  equalBytes,
  type Result,
} from '@medchain/core'
import { isUncertain } from '../requests/codes.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { checkCoSigned, coSign } from './co-sign.ts'
import { refuseDirectory } from './codes.ts'
import { admit, type SponsorPolicy } from './invites.ts'
import type { StaffDirectory } from './staff.ts'

type Ports = Pick<PrivacyPorts, 'chain' | 'self' | 'verifier'>

/** Sponsors the actor's own enrolment, as far as the policy or a token allows, and waits for the commit. */
export const registerAccountWith =
  (ports: Ports, policy: SponsorPolicy, invites: string, staff: Pick<StaffDirectory, 'isWanted'>) =>
  async (
    { enrolment, token }: { readonly enrolment: CoSigned; readonly token: string | undefined },
    actor: Uint8Array,
  ): Promise<Result<Committed>> => {
    const payload = decode(enrol.payload, enrolment.body.payload)
    if (!payload.ok) return refuseDirectory('directory.registration', payload.message)
    const isOwn =
      equalBytes(accountIdFromInception(payload.value), actor) && equalBytes(enrolment.signer, actor)
    if (!isOwn) return refuseDirectory('directory.registration', 'of another person')
    const checked = checkCoSigned(enrolment, enrol.kind, payload.value.signingKey, ports)
    if (!checked.ok) return checked
    // Whom the institution named by its keys needs no token.
    const isWanted = await staff.isWanted(actor, payload.value.role)
    const admission = await admit(isWanted ? 'auto' : policy, invites, payload.value.role, token)
    if (!admission.ok) return admission
    const committed = await ports.chain.submit(coSign(enrolment, ports.self))
    if (!committed.ok && !isUncertain(committed.code)) await admission.value.giveBack()
    return committed
  }
