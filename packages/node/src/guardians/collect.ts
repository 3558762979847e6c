import {
  currentAttempt,
  equalBytes,
  hexFromBytes,
  mayRelease,
  ok,
  openRecovery,
  type Recovery,
  type RecoveryAttempt,
  type Result,
  type recoveryCollect,
  releaseShare,
  sealForRecovery,
  TICKETS_SHARE,
} from '@medchain/core'
import { freshHead } from '../disclosure/fresh-head.ts'
import { institutionTransaction } from '../requests/institution-transaction.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { refuseGuardian } from './codes.ts'
import { custodianPlace, openOwnShare } from './deposit.ts'
import type { PayloadOf, RecoveryValues } from './kept-values.ts'

type Ports = Pick<PrivacyPorts, 'chain' | 'self' | 'clock' | 'logger'>

interface Permitted {
  readonly recovery: Recovery
  readonly attempt: RecoveryAttempt
}

/** The rule of RV6 on a fresh head: the delay has passed by block time and by the wall clock. */
const permit = async (
  ports: Ports,
  recoveryId: Uint8Array,
  ticketId: Uint8Array,
): Promise<Result<Permitted>> => {
  const head = await freshHead(ports, 0)
  if (!head.ok) return head
  const { view, timeMs } = head.value
  const recovery = openRecovery(view, recoveryId)
  if (!recovery.ok) return recovery
  if (custodianPlace(recovery.value, ports.self.id) < 0) return refuseGuardian('recover.no-share')
  const attempt = currentAttempt(view, recoveryId, timeMs)
  const passedMs = Math.min(timeMs, ports.clock.wallMs())
  const may = mayRelease(recovery.value, attempt, ticketId, passedMs)
  return may.ok ? ok({ recovery: recovery.value, attempt }) : may
}

/** Says on the chain that the share goes out; nothing where the chain has it already. */
const noteRelease = async (
  ports: Ports,
  { attempt }: Permitted,
  recoveryId: Uint8Array,
  ticketId: Uint8Array,
): Promise<Result<unknown>> => {
  if (attempt.releases.some((id) => equalBytes(id, ports.self.id))) return ok(undefined)
  const noted = await ports.chain.submit(
    institutionTransaction(ports, releaseShare, { recoveryId, ticketId }),
  )
  // Two requests at once: the other one noted it.
  return noted.ok || noted.code === 'recover.released' ? ok(undefined) : noted
}

const givenTo = async (
  { given }: RecoveryValues,
  recoveryId: Uint8Array,
): Promise<Result<readonly Uint8Array[]>> => {
  const found: Uint8Array[] = []
  for (const position of given.list(recoveryId)) {
    const sealed = await given.get(recoveryId, position)
    if (!sealed.ok) return sealed
    if (sealed.value) found.push(sealed.value)
  }
  return ok(found)
}

/**
 * Gives the institution's share, the guardians' that came here, and the sealed content to the ticket that the chain
 * names, once it permits that; the release stands on the chain before anything leaves (RV6). Refusals are logged.
 */
export const collectWith = (ports: Ports, values: RecoveryValues) => {
  const collect = async ({ recoveryId }: PayloadOf<typeof recoveryCollect>, ticketId: Uint8Array) => {
    const permitted = await permit(ports, recoveryId, ticketId)
    if (!permitted.ok) return permitted
    const { recovery, attempt } = permitted.value
    const sealed = await values.shares.get(recoveryId)
    if (!sealed.ok) return sealed
    const content = await values.contents.get(recoveryId)
    if (!content.ok) return content
    if (!sealed.value || !content.value) return refuseGuardian('recover.no-share')
    const share = await openOwnShare(ports, recoveryId, recovery, sealed.value)
    if (!share.ok) return share
    const given = await givenTo(values, recoveryId)
    if (!given.ok) return given
    const noted = await noteRelease(ports, permitted.value, recoveryId, ticketId)
    if (!noted.ok) return noted
    const recipient = attempt.announcement?.ticket.sealingKey as Uint8Array
    const own = await sealForRecovery(
      TICKETS_SHARE,
      { networkId: ports.chain.networkId, recoveryId, recipient },
      { position: custodianPlace(recovery, ports.self.id), share: share.value },
    )
    return own.ok ? ok({ share: own.value, given: given.value, ...content.value }) : own
  }

  return async (payload: PayloadOf<typeof recoveryCollect>, ticketId: Uint8Array) => {
    const answer = await collect(payload, ticketId)
    const about = { recovery: hexFromBytes(payload.recoveryId) }
    if (answer.ok) ports.logger.info(about, 'a share of a recovery was released')
    else ports.logger.warn({ ...about, code: answer.code }, 'a share of a recovery was refused')
    return answer
  }
}
