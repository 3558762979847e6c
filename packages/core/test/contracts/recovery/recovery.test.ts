import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { type RecoveryTerms, setStatus } from '../../../src/contracts/index.ts'
import { fakeBytes, party } from '../world.ts'
import { createRecoveryWorld, custodians, DAY_MS, sponsor, termsOf } from './recovery-world.ts'

const [south, city, institute] = custodians as [
  ReturnType<typeof party>,
  ReturnType<typeof party>,
  ReturnType<typeof party>,
]
const ticket = party('ticket')
const other = party('other ticket')
const GUARDIANS = ['ann', 'ben', 'cat']

test('RV1: an institution registers a recovery under its own key, within bounds', () => {
  const world = createRecoveryWorld(GUARDIANS, 2)
  is(world.stage(), 'ready')
  const own = party('another')
  const terms = termsOf(own, GUARDIANS, 2)
  const doubled = [...terms.custodians.slice(0, 2), ...terms.custodians.slice(0, 1)]
  const withSponsor = [...terms.custodians, { institution: sponsor.id, shareDigest: fakeBytes('s') }]
  const cases: readonly (readonly [string, Partial<RecoveryTerms>, string])[] = [
    ['one custodian', { custodians: terms.custodians.slice(0, 1) }, 'recover.custodians'],
    ['a custodian twice', { custodians: doubled }, 'recover.custodians'],
    ['the sponsor as custodian', { custodians: withSponsor }, 'recover.custodians'],
    ['half of them', { custodianThreshold: 1 }, 'recover.threshold'],
    ['more than all of them', { custodianThreshold: 4 }, 'recover.threshold'],
    ['no guardian needed', { guardianThreshold: 0 }, 'recover.threshold'],
    ['more guardians than there are', { guardianThreshold: 4 }, 'recover.threshold'],
    ['too little delay', { delayMs: DAY_MS - 1 }, 'recover.delay'],
    ['too much delay', { delayMs: 30 * DAY_MS + 1 }, 'recover.delay'],
    ['no guardians, short', { guardians: [], guardianThreshold: 0 }, 'recover.delay'],
  ]
  for (const [what, changes, code] of cases)
    is(world.prepare({ ...terms, ...changes }, sponsor, own), code, what)
  is(world.prepare(terms, party('ann'), own), 'identity.not-institution')
  is(world.prepare(terms, sponsor), 'identity.unproven-key')
  is(world.prepare(terms, sponsor, own), 'ok')
  is(world.prepare(terms, sponsor, own), 'recover.exists')
})

test('RV7: an approval counts for ninety days, and can be given again', () => {
  const world = createRecoveryWorld(GUARDIANS, 2)
  is(world.approve('ann', ticket), 'ok')
  world.advance(90 * DAY_MS)
  is(world.approve('ben', ticket), 'ok')
  is(world.stage(), 'ready')
  is(world.approve('ann', ticket), 'ok')
  is(world.stage(), 'waiting')
})

test('RV3, RV6: m guardians announce, the delay passes, custodians release once each', () => {
  const world = createRecoveryWorld(GUARDIANS, 2)
  is(world.release(south, ticket), 'recover.not-open')
  is(world.approve('ann', ticket), 'ok')
  is(world.approve('ann', ticket), 'recover.approved')
  is(world.stage(), 'ready')
  is(world.approve('dan', ticket, 'ben'), 'recover.not-guardian', 'with another guardian’s place')
  is(world.approve('dan', ticket, 'cat'), 'recover.not-guardian')
  is(world.approve('ben', ticket), 'ok')
  is(world.stage(), 'waiting')
  is(world.release(south, ticket), 'recover.early')
  is(world.may(ticket), 'recover.early')
  world.advance(3 * DAY_MS - 10_000)
  is(world.release(south, ticket), 'recover.early')
  world.advance(10_000)
  is(world.may(ticket), 'ok')
  is(world.may(other), 'recover.other-ticket')
  is(world.release(south, other), 'recover.other-ticket')
  is(world.release(sponsor, ticket), 'recover.not-custodian')
  is(world.release(south, ticket), 'ok')
  is(world.release(south, ticket), 'recover.released')
  is(world.release(city, ticket), 'ok')
  equal(world.attempt().releases, [south.id, city.id])
})

test('RV3: a guardian changes its mind until the announcement, and a suspended one has no word', () => {
  const world = createRecoveryWorld(GUARDIANS, 2)
  is(world.approve('ann', other), 'ok')
  is(world.approve('ben', ticket), 'ok')
  is(world.stage(), 'ready', 'two words for two tickets announce nothing')
  const ann = { account: party('ann').id, status: 'suspended' as const }
  world.run(setStatus.kind, setStatus.payload, ann, sponsor)
  is(world.approve('ann', ticket), 'identity.suspended')
  world.run(setStatus.kind, setStatus.payload, { ...ann, status: 'active' as const }, sponsor)
  is(world.approve('ann', ticket), 'ok')
  is(world.stage(), 'waiting')
  is(world.approve('cat', other), 'recover.under-way')
})

test('RV5: one veto stops it; m + 1 guardians who know of it overrule it after a second delay', () => {
  const world = createRecoveryWorld(GUARDIANS, 2)
  is(world.veto(), 'recover.not-open')
  for (const name of GUARDIANS) is(world.approve(name, ticket), 'ok')
  is(world.veto(party('dan'), 'ann'), 'recover.not-party')
  is(world.veto(sponsor), 'recover.not-party')
  is(world.veto(), 'ok')
  is(world.stage(), 'vetoed')
  world.advance(4 * DAY_MS)
  is(world.release(south, ticket), 'recover.vetoed')
  is(world.veto(), 'recover.vetoed')
  is(world.close(), 'recover.under-way', 'nor does whoever vetoed end it for good')
  is(world.approve('ann', ticket), 'ok', 'what was said before the veto does not count')
  is(world.approve('ben', ticket), 'ok')
  is(world.stage(), 'vetoed', 'm are not enough')
  is(world.approve('cat', ticket), 'ok')
  is(world.stage(), 'waiting')
  is(world.veto(), 'recover.vetoed', 'there is no second veto')
  is(world.release(south, ticket), 'recover.early')
  world.advance(3 * DAY_MS)
  is(world.release(south, ticket), 'ok')
})

test('RV5: a guardian may veto, the sponsor’s proofing overrules, and neither comes too late', () => {
  const world = createRecoveryWorld(['ann', 'ben'], 2)
  is(world.vouch(ticket), 'recover.guardians-first')
  world.approve('ann', ticket)
  world.approve('ben', ticket)
  is(world.vouch(ticket), 'recover.not-vetoed')
  is(world.veto(party('ben'), 'ben'), 'ok')
  is(world.vouch(ticket, south), 'recover.not-sponsor')
  is(world.vouch(other), 'recover.under-way')
  is(world.vouch(ticket), 'ok')
  is(world.release(south, ticket), 'recover.early')
  world.advance(3 * DAY_MS)
  is(world.release(south, ticket), 'ok')
  const second = createRecoveryWorld(['ann'], 1)
  second.approve('ann', ticket)
  second.advance(3 * DAY_MS)
  is(second.veto(), 'recover.too-late')
})

test('RV4: without guardians the sponsor vouches and fourteen days pass', () => {
  const world = createRecoveryWorld([], 0)
  is(world.approve('ann', ticket), 'recover.not-guardian')
  is(world.vouch(ticket, south), 'recover.not-sponsor')
  is(world.vouch(ticket), 'ok')
  world.advance(13 * DAY_MS)
  is(world.release(south, ticket), 'recover.early')
  is(world.veto(), 'ok')
  is(world.vouch(ticket), 'ok')
  world.advance(13 * DAY_MS)
  is(world.release(south, ticket), 'recover.early')
  world.advance(DAY_MS)
  is(world.release(south, ticket), 'ok')
})

test('RV7: an attempt in which nothing happens lapses, and its ticket is used up', () => {
  const world = createRecoveryWorld(['ann'], 1)
  world.approve('ann', ticket)
  world.veto()
  world.advance(90 * DAY_MS)
  is(world.stage(), 'ready')
  is(world.release(south, ticket), 'recover.not-open')
  is(world.approve('ann', ticket), 'recover.ticket')
  is(world.approve('ann', other), 'ok')
  is(world.stage(), 'waiting')
  is(world.veto(), 'ok', 'the new attempt has its own veto')
})

test('RV8: the recovery’s key closes it; while one is announced only with the ticket’s word', () => {
  const world = createRecoveryWorld(['ann'], 1)
  world.approve('ann', ticket)
  is(world.close(undefined), 'recover.under-way')
  is(world.close(other), 'tx.bad-statement')
  is(world.close(ticket, south), 'recover.not-party')
  world.advance(3 * DAY_MS)
  is(world.release(institute, ticket), 'ok')
  is(world.close(ticket), 'ok')
  for (const refused of [
    world.close(ticket),
    world.approve('ann', other),
    world.vouch(other),
    world.veto(),
    world.release(south, ticket),
    world.may(ticket),
  ])
    is(refused, 'recover.closed')
  is(createRecoveryWorld(['ann'], 1).close(), 'ok')
})

test.run()
