import {
  checkHaltedDeclaration,
  clinicianInstitution,
  type DeclarationSignature,
  emergencies,
  equalBytes,
  type HaltedDeclaration,
  haltedDeclarationId,
  haltedDeclarationMessage,
  ok,
  type Result,
  type SignedHaltedDeclaration,
  signingKeyOf,
} from '@medchain/core'
import { refuseDisclosure } from '../disclosure/codes.ts'
import { borneHead, type DecisionHead } from '../disclosure/fresh-head.ts'
import { REQUEST_AGE_MS_MAX } from '../requests/gate.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { refuseEmergency } from './codes.ts'
import type { HaltedDeclarations } from './halted-declarations.ts'

type Ports = Pick<PrivacyPorts, 'chain' | 'clock' | 'verifier'>

/** The head of a chain that stands still, as this node sees it, for a day (BG12). */
const haltedHead = async (
  ports: Ports,
  kept: HaltedDeclarations,
  declaration: HaltedDeclaration,
): Promise<Result<DecisionHead>> => {
  // No block is waited for: one who names a height that never comes would keep everybody else waiting.
  const head = await borneHead(ports, 0)
  if (!head.ok) return head
  const { height, timeMs } = head.value
  if (!kept.isHalted() || declaration.timeMs <= timeMs) return refuseEmergency('emergency.not-halted')
  return height < declaration.height ? refuseDisclosure('disclosure.stale', `at height ${height}`) : head
}

/** Whether it was signed with the key that the last committed state has for the person. */
export const isSignedBy = (
  { chain, verifier }: Pick<Ports, 'chain' | 'verifier'>,
  declaration: HaltedDeclaration,
  person: Uint8Array,
  { signingKey, signature }: DeclarationSignature,
): boolean => {
  const key = signingKeyOf(chain.head().view, person)
  return (
    key.ok &&
    equalBytes(key.value, signingKey) &&
    verifier.verify(signingKey, haltedDeclarationMessage(declaration), signature)
  )
}

/** Everything but the signatures: what the state, the clock and what was accepted before have against it. */
export const checkInHalt = async (
  ports: Ports,
  kept: HaltedDeclarations,
  declaration: HaltedDeclaration,
): Promise<Result<Uint8Array>> => {
  const { chain, clock } = ports
  const head = await haltedHead(ports, kept, declaration)
  if (!head.ok) return head
  const { view } = head.value
  const wallMs = clock.wallMs()
  const { declarer, chart, timeMs, durationMs } = declaration
  const id = haltedDeclarationId(declaration)
  if (!equalBytes(declaration.networkId, chain.networkId) || timeMs > wallMs + REQUEST_AGE_MS_MAX)
    return refuseEmergency('emergency.signatures')
  if (wallMs >= timeMs + durationMs) return refuseEmergency('emergency.expired')
  const isUnderWay = kept
    .all()
    .some(
      (each) =>
        !each.isClosed &&
        !equalBytes(each.id, id) &&
        equalBytes(each.declaration.declarer, declarer) &&
        equalBytes(each.declaration.chart, chart) &&
        wallMs < each.declaration.timeMs + each.declaration.durationMs,
    )
  if (isUnderWay || view.get(emergencies, id)) return refuseEmergency('emergency.exists')
  // All of this halt: the day that a declaration names is its declarer's word.
  const acceptedOf = (party: Uint8Array): number =>
    kept.all().filter(({ declaration: { declarer: by, coSigner } }) => {
      const parties = [by, coSigner, clinicianInstitution(view, by)]
      return parties.some((each) => each && equalBytes(each, party))
    }).length
  return checkHaltedDeclaration(view, declaration, { acceptedOf, wallMs })
}

/** Takes a declaration with both signatures: on the disk before this resolves. What is kept already is fine. */
export const acceptHalted = async (
  ports: Ports,
  kept: HaltedDeclarations,
  signed: SignedHaltedDeclaration,
): Promise<Result<readonly []>> => {
  const { declaration, byDeclarer, byCoSigner } = signed
  const isSigned =
    isSignedBy(ports, declaration, declaration.declarer, byDeclarer) &&
    isSignedBy(ports, declaration, declaration.coSigner, byCoSigner)
  if (!isSigned) return refuseEmergency('emergency.signatures')
  const id = haltedDeclarationId(declaration)
  const known = kept.find(id)
  if (known) return known.isClosed ? refuseEmergency('emergency.closed') : ok([])
  const checked = await checkInHalt(ports, kept, declaration)
  if (!checked.ok) return checked
  await kept.put(id, { ...signed, isClosed: false })
  return ok([])
}
