import {
  CO_SIGN_MS,
  DECLARATIONS_PER_PERSON_MAX,
  type EmergencyDetails,
  emergencyCloseHalted,
  emergencyDeclareHalted,
  emergencyDetailsDigest,
  emergencyHalted,
  emergencyKeepHalted,
  equalBytes,
  HALTED_LISTED_MAX,
  type HaltedDeclaration,
  haltedDeclarationId,
  hexFromBytes,
  type KnownHaltedDeclaration,
  ok,
  type Result,
} from '@medchain/core'
import type { Dispatcher } from '../requests/dispatcher.ts'
import { createInTurn } from '../requests/in-turn.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { acceptHalted, checkInHalt, isSignedBy } from './accept-halted.ts'
import { refuseEmergency } from './codes.ts'
import type { HaltedDeclarations } from './halted-declarations.ts'

/** Declarations of this institution's people that wait for their co-signer; a restart forgets them. */
interface Awaiting {
  readonly all: () => readonly KnownHaltedDeclaration[]
  readonly put: (known: KnownHaltedDeclaration) => void
  readonly remove: (id: Uint8Array) => void
}

const createAwaiting = ({ clock }: Pick<PrivacyPorts, 'clock'>): Awaiting => {
  const waiting = new Map<string, KnownHaltedDeclaration>()
  const nameOf = (id: Uint8Array): string => hexFromBytes(id)
  return {
    all() {
      for (const [name, { declaration }] of waiting)
        if (clock.wallMs() >= declaration.timeMs + CO_SIGN_MS) waiting.delete(name)
      return [...waiting.values()]
    },
    put: (known) => void waiting.set(nameOf(haltedDeclarationId(known.declaration)), known),
    remove: (id) => void waiting.delete(nameOf(id)),
  }
}

const isOf = ({ declarer, coSigner }: HaltedDeclaration, actor: Uint8Array): boolean =>
  equalBytes(declarer, actor) || equalBytes(coSigner, actor)

export interface HaltedService {
  /** A declaration that waits or is kept here. */
  readonly find: (id: Uint8Array) => HaltedDeclaration | undefined
}

/** What people declare while the chain stands still: begun at their institution, kept by every node that acts on it (BG11, BG12). */
export const serveHalted = (
  ports: PrivacyPorts,
  dispatcher: Dispatcher,
  kept: HaltedDeclarations,
  keepDetails: (id: Uint8Array, details: EmergencyDetails) => Promise<void>,
): HaltedService => {
  const { self } = ports
  const awaiting = createAwaiting(ports)
  // Two that come at once must not both be the last one within a limit.
  const inTurn = createInTurn()

  const checkNew = async (declaration: HaltedDeclaration): Promise<Result<void>> => {
    const checked = await checkInHalt(ports, kept, declaration)
    if (!checked.ok) return checked
    if (!equalBytes(checked.value, self.id)) return refuseEmergency('emergency.other-institution')
    const own = awaiting.all().filter((each) => equalBytes(each.declaration.declarer, declaration.declarer))
    return own.length < DECLARATIONS_PER_PERSON_MAX ? ok(undefined) : refuseEmergency('emergency.unconfirmed')
  }

  dispatcher.handle(emergencyDeclareHalted, ({ declaration, byDeclarer, details }, { actor }) =>
    inTurn(async () => {
      const isTheirs =
        equalBytes(declaration.declarer, actor) && isSignedBy(ports, declaration, actor, byDeclarer)
      if (!isTheirs) return refuseEmergency('emergency.signatures')
      if (details.text.trim() === '') return refuseEmergency('emergency.no-reason')
      if (!equalBytes(declaration.detailsDigest, emergencyDetailsDigest(details)))
        return refuseEmergency('emergency.details')
      const checked = await checkNew(declaration)
      if (!checked.ok) return checked
      await keepDetails(haltedDeclarationId(declaration), details)
      awaiting.put({ declaration, byDeclarer, byCoSigner: undefined, isClosed: false })
      return ok([])
    }),
  )
  dispatcher.handle(emergencyKeepHalted, (signed, { actor }) =>
    inTurn(async () => {
      if (!isOf(signed.declaration, actor)) return refuseEmergency('emergency.unknown')
      const accepted = await acceptHalted(ports, kept, signed)
      if (accepted.ok) awaiting.remove(haltedDeclarationId(signed.declaration))
      return accepted
    }),
  )
  dispatcher.handle(emergencyCloseHalted, ({ id }, { actor }) =>
    inTurn(async () => {
      const known = kept.find(id)
      const waits = awaiting.all().find((each) => equalBytes(haltedDeclarationId(each.declaration), id))
      const { declarer, chart } = known?.declaration ?? waits?.declaration ?? {}
      const isParty = [declarer, chart].some((party) => party && equalBytes(party, actor))
      if (!isParty) return refuseEmergency('emergency.unknown')
      if (known) await kept.put(id, { ...known, isClosed: true })
      awaiting.remove(id)
      return ok([])
    }),
  )
  dispatcher.handle(emergencyHalted, async (_payload, { actor }) =>
    ok(
      [...awaiting.all(), ...kept.all()]
        .filter(({ declaration }) => isOf(declaration, actor) || equalBytes(declaration.chart, actor))
        .sort((a, b) => b.declaration.timeMs - a.declaration.timeMs)
        .slice(0, HALTED_LISTED_MAX),
    ),
  )
  return {
    find: (id) =>
      kept.find(id)?.declaration ??
      awaiting.all().find((each) => equalBytes(haltedDeclarationId(each.declaration), id))?.declaration,
  }
}
