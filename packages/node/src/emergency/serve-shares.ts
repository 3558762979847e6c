import {
  concatBytes,
  custodianShares,
  emergencyKeepShares,
  emergencyReady,
  emergencyShare,
  encode,
  equalBytes,
  hashTagged,
  ok,
  positionKey,
  releasedSharesSchema,
  sealLeg,
} from '@medchain/core'
import type { Directory } from '../directory/create-directory.ts'
import type { AdmitStatement } from '../disclosure/admit-statement.ts'
import type { Dispatcher } from '../requests/dispatcher.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { refuseEmergency } from './codes.ts'
import type { ShareKeeper } from './share-keeper.ts'

/** What a newer set of one epoch replaces on its way to a custodian. */
const itemNameOf = (chart: Uint8Array, epoch: number): Uint8Array =>
  hashTagged('medchain/emergency-item/1', concatBytes(chart, positionKey(epoch)))

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

  dispatcher.handle(emergencyShare, async ({ signed }, { actor }) => {
    const admitted = await admit(signed, 'share', actor)
    if (!admitted.ok) return admitted
    const { statement, hash } = admitted.value
    const shares = await keeper.sharesOf(statement.chart)
    const place = { networkId: statement.networkId, statementHash: hash }
    return sealLeg(statement.responseKey, place, encode(releasedSharesSchema, shares))
  })
}
