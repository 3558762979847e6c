import { decodeView, ok, type Result, refuse } from '../encoding/index.ts'
import type { ReadView } from '../state/view.ts'
import { giveGrant } from './consent/give.ts'
import { revokeGrant } from './consent/revoke.ts'
import type { KindRules, Operation, TransactionKind } from './contract.ts'
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

type OperationReader = (payload: Uint8Array) => Result<Operation>

/** A kind by its name, with the type of what its rules are given closed over. */
const closeOver = <T>(
  kind: KindRules<T>,
  read: (payload: Uint8Array) => Result<T>,
): readonly [string, OperationReader] => [
  kind.kind,
  (bytes) => {
    const payload = read(bytes)
    if (!payload.ok) return payload
    return ok({
      newSigners: kind.newSigners?.(payload.value) ?? [],
      statements: (view, context) => kind.statements?.(view, payload.value, context) ?? ok([]),
      apply: (view, context) => kind.apply(view, payload.value, context),
    })
  },
]

const close = <T>(kind: TransactionKind<T>) => closeOver(kind, (bytes) => decodeView(kind.payload, bytes))

const KINDS: ReadonlyMap<string, OperationReader> = new Map([
  close(enrol),
  close(setStatus),
  close(registerChartWith(giveGrant.apply)),
  close(openEpoch),
  close(rotateChart),
  close(rotateAccount),
  close(giveGrant),
  close(revokeGrant),
  closeOver(anchorRecords, anchorRecords.read),
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
])

/** What a transaction of a kind does; `tx.unknown-kind`, or `encoding.*` for a payload of another shape. */
export const operationFrom = (kind: string, payload: Uint8Array): Result<Operation> =>
  KINDS.get(kind)?.(payload) ?? refuse('tx.unknown-kind', 'This network has no transaction of that kind.')

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
