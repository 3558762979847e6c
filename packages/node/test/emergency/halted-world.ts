import {
  accounts,
  type DeclarationSignature,
  type EmergencyDetails,
  emergencyCloseHalted,
  emergencyDeclareHalted,
  emergencyDetailsDigest,
  emergencyHalted,
  emergencyKeepHalted,
  type HaltedDeclaration,
  haltedDeclarationId,
  haltedDeclarationMessage,
  type SignedHaltedDeclaration,
  unwrap,
} from '@medchain/core'
import { nodeCiphers } from '../../src/keystore/index.ts'
import type { TestActor } from '../requests/consortium.ts'
import { enrolAt } from '../requests/people.ts'
import { codeOf, createEmergencyWorld, type EmergencyWorld } from './emergency-world.ts'

export interface Declared {
  readonly id: Uint8Array
  readonly details: EmergencyDetails
  readonly signed: SignedHaltedDeclaration
}

export interface HaltedWorld extends EmergencyWorld {
  readonly colleague: TestActor
  readonly distant: TestActor
  /** From now on no block comes; the clock goes on by as much. */
  readonly halt: (ms?: number) => void
  readonly resume: () => void
  readonly sign: (declaration: HaltedDeclaration, by: TestActor) => DeclarationSignature
  /** A declaration that doctor and colleague signed, with changes to it, or signed by others. */
  readonly draw: (changes?: Partial<HaltedDeclaration>, by?: readonly [TestActor, TestActor]) => Declared
  readonly begin: (declared: Declared, by?: TestActor, via?: number) => Promise<string>
  readonly keepAt: (at: number, declared: Declared, by?: TestActor) => Promise<string>
  readonly closeAt: (at: number, id: Uint8Array, by: TestActor) => Promise<string>
  readonly known: (by: TestActor) => Promise<readonly string[]>
}

/** An emergency world with a colleague of the doctor and a practitioner elsewhere, whose chain can stand still. */
export const createHaltedWorld = async (): Promise<HaltedWorld> => {
  const made = await createEmergencyWorld()
  const { world, doctor, chart } = made
  const { chain, clock } = world
  const colleague = await enrolAt(world, 1, 'practitioner')
  const distant = await enrolAt(world, 0, 'practitioner')
  const sign = (declaration: HaltedDeclaration, by: TestActor): DeclarationSignature => ({
    signingKey: chain.head().view.get(accounts, by.id)?.signingKey ?? new Uint8Array(32),
    signature: by.sign(haltedDeclarationMessage(declaration)),
  })
  return {
    ...made,
    colleague,
    distant,
    halt(ms = 60_000) {
      chain.isCommitting = false
      clock.advance(ms)
    },
    resume() {
      chain.isCommitting = true
      chain.beat()
    },
    sign,
    draw(changes = {}, [first, second] = [doctor, colleague]) {
      const details: EmergencyDetails = {
        salt: nodeCiphers.randomBytes(32),
        setId: nodeCiphers.randomBytes(16),
        person: chart.person,
        compartment: 'general',
        text: 'found unconscious',
        site: 'ambulance 7',
      }
      const declaration: HaltedDeclaration = {
        version: 1,
        networkId: chain.networkId,
        declarer: first.id,
        coSigner: second.id,
        chart: chart.id,
        nonce: nodeCiphers.randomBytes(16),
        reason: 'unconscious',
        detailsDigest: emergencyDetailsDigest(details),
        durationMs: 3_600_000,
        height: chain.head().height,
        timeMs: clock.wallMs(),
        ...changes,
      }
      const signed = {
        declaration,
        byDeclarer: sign(declaration, first),
        byCoSigner: sign(declaration, second),
      }
      return { id: haltedDeclarationId(declaration), details, signed }
    },
    begin: async ({ signed: { declaration, byDeclarer }, details }, by = doctor, via = 1) =>
      codeOf(await world.ask(via, by, emergencyDeclareHalted, { declaration, byDeclarer, details })),
    keepAt: async (at, { signed, id }, by = doctor) => {
      const code = codeOf(await world.ask(1, by, emergencyKeepHalted, signed, at))
      if (code === 'ok') made.noteFiled(signed.declaration.chart, id)
      return code
    },
    closeAt: async (at, id, by) => codeOf(await world.ask(1, by, emergencyCloseHalted, { id }, at)),
    known: async (by) =>
      unwrap(await world.ask(1, by, emergencyHalted, [])).map(({ byCoSigner, isClosed }) =>
        isClosed ? 'closed' : byCoSigner ? 'kept' : 'awaiting',
      ),
  }
}
