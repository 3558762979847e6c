import { decode, ok, type Result, refuse, type Schema } from '../encoding/index.ts'
import type { ReadView } from '../state/view.ts'
import { giveGrant } from './consent/give.ts'
import { revokeGrant } from './consent/revoke.ts'
import type { AnyTransactionKind, TransactionKind } from './contract.ts'
import { anchorAudit } from './disclosure/anchor.ts'
import { anchorEmergency } from './emergency/anchor.ts'
import { closeEmergency } from './emergency/close.ts'
import { coSignEmergency } from './emergency/co-sign.ts'
import { declareEmergency } from './emergency/declare.ts'
import { optOut } from './emergency/opt-out.ts'
import { prepareShares } from './emergency/prepare.ts'
import { appointOfficer, reviewEmergency } from './emergency/review.ts'
import { cancelErasure } from './erasure/cancel.ts'
import { placeHold, releaseHold } from './erasure/hold.ts'
import { signReceipts } from './erasure/receipt.ts'
import { requestErasure } from './erasure/request.ts'
import { presentEvidence } from './governance/evidence.ts'
import { proposeChange } from './governance/propose.ts'
import { declareReady } from './governance/ready.ts'
import { voteOnChange } from './governance/vote.ts'
import { appointGuardian } from './guardianship/appoint.ts'
import { endGuardianship } from './guardianship/end.ts'
import { giveGrantFor } from './guardianship/grant-for.ts'
import { reserveChart } from './guardianship/reserve.ts'
import { revokeGrantFor } from './guardianship/revoke-for.ts'
import { stateIncapacity } from './guardianship/state-incapacity.ts'
import { enrol } from './identity/enrol.ts'
import { openEpoch } from './identity/open-epoch.ts'
import { registerChartWith } from './identity/register-chart.ts'
import { rotateAccount } from './identity/rotate-account.ts'
import { rotateChart } from './identity/rotate-chart.ts'
import { setStatus } from './identity/set-status.ts'
import { accounts, charts } from './identity/tables.ts'
import { attestPart2 } from './part2/attest.ts'
import { declareProgram } from './part2/declare.ts'
import { anchorRecords } from './records/anchor.ts'
import { disputeRecord } from './records/dispute.ts'
import { supersedeRecords } from './records/supersede.ts'
import { approveRecovery } from './recovery/approve.ts'
import { closeRecovery } from './recovery/close.ts'
import { prepareRecovery } from './recovery/prepare.ts'
import { releaseShare } from './recovery/release.ts'
import { recoveries } from './recovery/tables.ts'
import { vetoRecovery } from './recovery/veto.ts'
import { vouchForRecovery } from './recovery/vouch.ts'

/** Decodes each payload once: it is asked for at admission, in a block, and within both for signers and effects. */
const createPayloadReader = <T>(schema: Schema<T>): ((bytes: Uint8Array) => Result<T>) => {
  const known = new WeakMap<Uint8Array, Result<T>>()
  return (bytes) => {
    const payload = known.get(bytes) ?? decode(schema, bytes)
    known.set(bytes, payload)
    return payload
  }
}

const close = <T>(kind: TransactionKind<T>): AnyTransactionKind => {
  const payloadOf = createPayloadReader(kind.payload)
  return {
    kind: kind.kind,
    newSigners: (bytes) => {
      if (!kind.newSigners) return ok([])
      const payload = payloadOf(bytes)
      return payload.ok ? ok(kind.newSigners(payload.value)) : payload
    },
    statements: (view, bytes, context) => {
      if (!kind.statements) return ok([])
      const payload = payloadOf(bytes)
      return payload.ok ? kind.statements(view, payload.value, context) : payload
    },
    apply: (view, bytes, context) => {
      const payload = payloadOf(bytes)
      return payload.ok ? kind.apply(view, payload.value, context) : payload
    },
  }
}

const KINDS: ReadonlyMap<string, AnyTransactionKind> = new Map(
  [
    close(enrol),
    close(setStatus),
    close(registerChartWith(giveGrant.apply)),
    close(openEpoch),
    close(rotateChart),
    close(rotateAccount),
    close(giveGrant),
    close(revokeGrant),
    close(anchorRecords),
    close(supersedeRecords),
    close(disputeRecord),
    close(declareProgram),
    close(attestPart2),
    close(anchorAudit),
    close(appointGuardian),
    close(endGuardianship),
    close(reserveChart),
    close(stateIncapacity),
    close(giveGrantFor),
    close(revokeGrantFor),
    close(prepareRecovery),
    close(approveRecovery),
    close(vouchForRecovery),
    close(vetoRecovery),
    close(releaseShare),
    close(closeRecovery),
    close(proposeChange),
    close(voteOnChange),
    close(declareReady),
    close(presentEvidence),
    close(requestErasure),
    close(cancelErasure),
    close(placeHold),
    close(releaseHold),
    close(signReceipts),
    close(prepareShares),
    close(optOut),
    close(declareEmergency),
    close(coSignEmergency),
    close(anchorEmergency),
    close(closeEmergency),
    close(reviewEmergency),
    close(appointOfficer),
  ].map((kind) => [kind.kind, kind]),
)

export const kindOf = (name: string): AnyTransactionKind | undefined => KINDS.get(name)

/** The key that signs for an account, a chart or a recovery; `identity.unknown` or `identity.suspended` if none may. */
export const signingKeyOf = (view: ReadView, id: Uint8Array): Result<Uint8Array> => {
  const account = view.get(accounts, id)
  if (account) {
    return account.status === 'active'
      ? ok(account.signingKey)
      : refuse('identity.suspended', 'The account is suspended.')
  }
  const key = view.get(charts, id)?.controllerKey ?? view.get(recoveries, id)?.inception.signingKey
  return key ? ok(key) : refuse('identity.unknown', 'No such account is on the chain.')
}
