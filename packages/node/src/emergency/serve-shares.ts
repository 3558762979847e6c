import {
  charts,
  clinicianInstitution,
  concatBytes,
  custodianShares,
  declaredEmergency,
  decode,
  disclosureStatementSchema,
  emergencyKeepShares,
  emergencyReady,
  emergencyShare,
  encode,
  equalBytes,
  type FiledNote,
  filedMessage,
  hashTagged,
  ok,
  positionKey,
  releasedSharesSchema,
  sealLeg,
  signingKeyOf,
} from '@medchain/core'
import type { Directory } from '../directory/create-directory.ts'
import type { AdmitStatement } from '../disclosure/admit-statement.ts'
import type { DeclaredInHalt } from '../disclosure/fresh-head.ts'
import type { Dispatcher } from '../requests/dispatcher.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { refuseEmergency } from './codes.ts'
import type { ShareKeeper } from './share-keeper.ts'

/** What a newer set of one epoch replaces on its way to a custodian. */
const itemNameOf = (chart: Uint8Array, epoch: number): Uint8Array =>
  hashTagged('medchain/emergency-item/1', concatBytes(chart, positionKey(epoch)))

interface Declared {
  readonly id: Uint8Array
  readonly chart: Uint8Array
  readonly declarer: Uint8Array
}

/** The emergency that a decision on the actor's statement would look at. */
const createDeclaredBy =
  ({ chain }: Pick<PrivacyPorts, 'chain'>, declaredInHalt: DeclaredInHalt) =>
  (chart: Uint8Array, declarer: Uint8Array): Declared | undefined => {
    const { view } = chain.head()
    const found = declaredInHalt(chart, declarer) ?? declaredEmergency(view, chart, declarer)
    return found && { id: found.id, chart, declarer }
  }

/** Whether the declarer's institution, or the one that registered the chart, says that it keeps the text (BG7). */
const isFiled = (
  { chain, verifier }: Pick<PrivacyPorts, 'chain' | 'verifier'>,
  { id, chart, declarer }: Declared,
  filed: FiledNote | undefined,
): boolean => {
  const { view } = chain.head()
  const keepers = [clinicianInstitution(view, declarer), view.get(charts, chart)?.sponsor]
  const key = filed && signingKeyOf(view, filed.institution)
  return (
    filed !== undefined &&
    key?.ok === true &&
    keepers.some((keeper) => keeper && equalBytes(keeper, filed.institution)) &&
    verifier.verify(key.value, filedMessage(chain.networkId, id), filed.signature)
  )
}

/**
 * A custodian's side of emergencies: shares come in from charts, by way of any node, and go out on a statement that is
 * decided and logged like a leg (BG7).
 */
export const serveShares = (
  ports: PrivacyPorts,
  dispatcher: Dispatcher,
  directory: Pick<Directory, 'forwarding' | 'keep'>,
  admit: AdmitStatement,
  keeper: ShareKeeper,
  declaredInHalt: DeclaredInHalt,
): void => {
  const { self, chain } = ports
  directory.keep(emergencyKeepShares.action, keeper.keep)

  dispatcher.handle(emergencyKeepShares, async ({ epoch, setId }, { actor, bytes }) => {
    const known = chain.head().view.get(custodianShares, actor, positionKey(epoch))
    if (!known || !equalBytes(known.setId, setId)) return refuseEmergency('emergency.early')
    for (const { institution } of known.shares) {
      if (equalBytes(institution, self.id)) {
        const kept = await keeper.keep(bytes)
        if (!kept.ok) return kept
      } else {
        await directory.forwarding.put(institution, itemNameOf(actor, epoch), bytes)
      }
    }
    await directory.forwarding.flush()
    return ok([])
  })

  dispatcher.handle(emergencyReady, async (_payload, { actor }) =>
    ok({ epochs: (await keeper.sharesOf(actor)).map(({ epoch }) => epoch) }),
  )

  const declaredBy = createDeclaredBy(ports, declaredInHalt)
  dispatcher.handle(emergencyShare, async ({ signed, filed }, { actor }) => {
    const asked = decode(disclosureStatementSchema, signed.statement)
    const emergency = asked.ok ? declaredBy(asked.value.chart, actor) : undefined
    // Who declared nothing hears so from the decision.
    if (emergency && !isFiled(ports, emergency, filed)) return refuseEmergency('emergency.not-filed')
    const admitted = await admit(signed, 'share', actor)
    if (!admitted.ok) return admitted
    const { statement, hash, decisions } = admitted.value
    // The decision may have waited for a block that brought another emergency than the one whose text is filed.
    const decided = decisions[0]?.decision.reference
    if (!emergency || !decided || !equalBytes(decided, emergency.id))
      return refuseEmergency('emergency.not-filed')
    const shares = await keeper.sharesOf(statement.chart)
    const place = { networkId: statement.networkId, statementHash: hash }
    return sealLeg(statement.responseKey, place, encode(releasedSharesSchema, shares))
  })
}
