import {
  approveRecovery,
  closeRecovery,
  currentAttempt,
  enrol,
  mayRelease,
  prepareRecovery,
  type Recovery,
  type RecoveryTerms,
  recoveries,
  recoveryClosingMessage,
  recoveryGuardianTag,
  releaseShare,
  stageOf,
  vetoRecovery,
  vouchForRecovery,
} from '../../../src/contracts/index.ts'
import { unwrap } from '../../../src/encoding/index.ts'
import { createReadView } from '../../../src/state/index.ts'
import { createWorld, fakeBytes, modelSign, type Party, party } from '../world.ts'

export const DAY_MS = 86_400_000
export const sponsor = party('north')
export const custodians = ['south', 'city', 'institute'].map(party)

const codeOf = (outcome: { readonly ok: boolean; readonly code?: string }): string =>
  outcome.ok ? 'ok' : (outcome.code as string)

const saltOf = (guardian: string): Uint8Array => fakeBytes(`salt of ${guardian}`)

/** Terms of a recovery that three of the four institutions keep, under north's sponsorship. */
export const termsOf = (own: Party, guardians: readonly string[], threshold: number): RecoveryTerms => ({
  inception: own,
  guardians: guardians.map((name) => ({
    tag: recoveryGuardianTag(own.id, saltOf(name), party(name).id),
    shareDigest: fakeBytes(`share of ${name}`),
  })),
  guardianThreshold: threshold,
  custodians: custodians.map(({ id }) => ({ institution: id, shareDigest: fakeBytes(`share ${id}`) })),
  custodianThreshold: 2,
  delayMs: guardians.length === 0 ? 14 * DAY_MS : 3 * DAY_MS,
})

/** A world with one prepared recovery, and short ways to say what everybody does. */
export const createRecoveryWorld = (guardians: readonly string[], threshold: number) => {
  const world = createWorld()
  const own = party('recovery')
  for (const name of ['ann', 'ben', 'cat', 'dan']) {
    const keys = party(name)
    unwrap(world.run(enrol.kind, enrol.payload, { role: 'guardian', ...keys }, sponsor, keys))
  }
  const prepare = (terms: RecoveryTerms, sender = sponsor, ...also: Party[]): string =>
    codeOf(world.run(prepareRecovery.kind, prepareRecovery.payload, terms, sender, ...also))
  unwrap({ ok: true, value: prepare(termsOf(own, guardians, threshold), sponsor, own) })
  const recoveryId = own.id
  const recovery = () => createReadView(world.state).get(recoveries, recoveryId) as Recovery
  const attempt = () => currentAttempt(createReadView(world.state), recoveryId, world.now())
  return {
    ...world,
    own,
    prepare,
    recovery,
    attempt,
    stage: () => stageOf(recovery(), attempt(), world.now()),
    may: (ticket: Party) => codeOf(mayRelease(recovery(), attempt(), ticket.id, world.now())),
    approve: (name: string, ticket: Party, as = name) =>
      codeOf(
        world.run(
          approveRecovery.kind,
          approveRecovery.payload,
          { recoveryId, position: Math.max(0, guardians.indexOf(as)), salt: saltOf(as), ticket },
          party(name),
        ),
      ),
    vouch: (ticket: Party, sender: Party = sponsor) =>
      codeOf(world.run(vouchForRecovery.kind, vouchForRecovery.payload, { recoveryId, ticket }, sender)),
    veto: (sender: Party = own, as?: string) =>
      codeOf(
        world.run(
          vetoRecovery.kind,
          vetoRecovery.payload,
          { recoveryId, guardian: as ? { position: guardians.indexOf(as), salt: saltOf(as) } : undefined },
          sender,
        ),
      ),
    release: (custodian: Party, ticket: Party) =>
      codeOf(
        world.run(releaseShare.kind, releaseShare.payload, { recoveryId, ticketId: ticket.id }, custodian),
      ),
    close: (ticket?: Party, sender: Party = own) => {
      const message = recoveryClosingMessage(world.context().networkId, recoveryId)
      const byTicket = ticket && modelSign(ticket.signingKey, message)
      return codeOf(world.run(closeRecovery.kind, closeRecovery.payload, { recoveryId, byTicket }, sender))
    },
  }
}
