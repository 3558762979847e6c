import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import {
  accountRotationMessage,
  accounts,
  anchoringSchema,
  batchIdOf,
  chartEpochs,
  chartRotationMessage,
  charts,
  enrol,
  inceptionsByKey,
  openEpoch,
  positionKey,
  revokeGrant,
  rotateAccount,
  rotateChart,
  setStatus,
} from '../../../src/contracts/index.ts'
import { createReadView } from '../../../src/state/index.ts'
import {
  createWorld,
  fakeBytes,
  modelSign,
  type Party,
  party,
  registerChart,
  terms,
  type World,
} from '../world.ts'

const north = party('north')
const codeOf = (outcome: { ok: boolean; code?: string }): string =>
  outcome.ok ? 'ok' : (outcome.code as string)
const networkOf = (world: World) => world.context().networkId

const open = (world: World, chart: Party, epochKey: Uint8Array) =>
  codeOf(world.run(openEpoch.kind, openEpoch.payload, { epochKey }, chart))

interface NewKeys {
  readonly controllerKey: Uint8Array
  readonly epochKey: Uint8Array
}

const keysNamed = (name: string): NewKeys => ({
  controllerKey: fakeBytes(`${name}/controller`),
  epochKey: fakeBytes(`${name}/epoch`),
})

const rotate = (
  world: World,
  chart: Party,
  keys: NewKeys,
  signed: NewKeys = keys,
  by = keys.controllerKey,
  of = chart.id,
) => {
  const possession = modelSign(by, chartRotationMessage(networkOf(world), of, signed))
  return codeOf(world.run(rotateChart.kind, rotateChart.payload, { ...keys, possession }, chart))
}

test('an epoch is dated, and no key of a chart is used twice', () => {
  const world = createWorld()
  const chart = registerChart(world, 'maria/general', north)
  const [first, second] = [fakeBytes('epoch 1'), fakeBytes('epoch 2')]
  const view = () => createReadView(world.state)
  const { sealingKey } = chart
  const { height, timeMs } = world.context()
  equal(view().get(chartEpochs, chart.id, positionKey(0))?.epochKey, sealingKey)
  is(open(world, chart, first), 'ok')
  equal(view().get(chartEpochs, chart.id, positionKey(1)), { epochKey: first, height, timeMs })
  is(open(world, chart, second), 'ok')
  for (const used of [first, second, sealingKey]) is(open(world, chart, used), 'identity.same-epoch-key')
  is(view().get(charts, chart.id)?.epoch, 2)
  equal(view().get(chartEpochs, chart.id, positionKey(1))?.epochKey, first)
  is(open(world, north, fakeBytes('x')), 'identity.not-chart')
})

test('a chart rotates to keys that prove themselves; the old controller signs nothing more', () => {
  const world = createWorld()
  const chart = registerChart(world, 'maria/general', north)
  const other = registerChart(world, 'ben/general', north)
  const keys = keysNamed('maria 2')
  const steps: readonly [string, () => string, string][] = [
    [
      'not signed by the new controller',
      () => rotate(world, chart, keys, keys, chart.signingKey),
      'tx.bad-statement',
    ],
    [
      'a proof for another chart',
      () => rotate(world, chart, keys, keys, keys.controllerKey, other.id),
      'tx.bad-statement',
    ],
    [
      'a proof for another epoch key',
      () => rotate(world, chart, keys, { ...keys, epochKey: fakeBytes('x') }),
      'tx.bad-statement',
    ],
    [
      'the same controller',
      () => rotate(world, chart, { ...keys, controllerKey: chart.signingKey }),
      'identity.same-key',
    ],
    [
      'the first epoch key',
      () => rotate(world, chart, { ...keys, epochKey: chart.sealingKey }),
      'identity.same-epoch-key',
    ],
    ['an account', () => rotate(world, north, keys), 'identity.not-chart'],
    ['new keys', () => rotate(world, chart, keys), 'ok'],
    ['the old controller again', () => rotate(world, chart, keysNamed('maria 3')), 'tx.bad-signature'],
  ]
  for (const [description, step, expected] of steps) is(step(), expected, description)
  const now = { ...chart, signingKey: keys.controllerKey }
  equal(createReadView(world.state).get(charts, chart.id)?.controllerKey, keys.controllerKey)
  is(createReadView(world.state).get(charts, chart.id)?.epoch, 1)
  const back = { ...keysNamed('maria 4'), controllerKey: chart.signingKey }
  is(rotate(world, now, back), 'identity.same-key', 'a former controller never comes back')
  const grant = terms(world, 'later', chart.id, party('south'))
  is(
    codeOf(world.run(revokeGrant.kind, revokeGrant.payload, { grantId: grant.grantId }, chart)),
    'tx.bad-signature',
  )
  is(rotate(world, now, keysNamed('maria 5')), 'ok')
})

test('what was sealed to the epoch before a rotation is stale', () => {
  const world = createWorld()
  const chart = registerChart(world, 'maria/general', north)
  is(rotate(world, chart, keysNamed('maria 2')), 'ok')
  const nonce = fakeBytes('nonce', 16)
  const anchor = {
    commitment: fakeBytes('c'),
    ciphertextDigest: fakeBytes('d'),
    envelopeDigest: fakeBytes('e'),
  }
  const batch = { chart: chart.id, batchId: batchIdOf(chart.id, north.id, nonce), nonce, anchors: [anchor] }
  const anchored = (epoch: number) =>
    codeOf(world.run('records.anchor', anchoringSchema, { ...batch, epoch }, north))
  is(anchored(0), 'records.stale-epoch')
  is(anchored(1), 'ok')
})

test('a person’s account rotates by its present key; the id stays and is found by the new key', () => {
  const world = createWorld()
  const doctor = party('doctor')
  world.run(enrol.kind, enrol.payload, { role: 'practitioner', ...doctor }, north, doctor)
  const next = party('doctor 2')
  const { signingKey, sealingKey, salt } = doctor
  const inception = { signingKey, sealingKey, salt }
  const rotateTo = (to: Party, by: Party, prover = to.signingKey, first = inception) => {
    const keys = { signingKey: to.signingKey, sealingKey: to.sealingKey }
    const possession = modelSign(prover, accountRotationMessage(networkOf(world), by.id, keys))
    return codeOf(
      world.run(rotateAccount.kind, rotateAccount.payload, { ...keys, inception: first, possession }, by),
    )
  }
  const now = { ...next, id: doctor.id }
  const steps: readonly [string, () => string, string][] = [
    ['without proof of the new key', () => rotateTo(next, doctor, doctor.signingKey), 'tx.bad-statement'],
    ['another’s first keys', () => rotateTo(next, doctor, next.signingKey, party('x')), 'identity.inception'],
    ['the same key', () => rotateTo(doctor, doctor), 'identity.same-key'],
    ['an institution', () => rotateTo(next, north), 'identity.not-person'],
    ['a new key', () => rotateTo(next, doctor), 'ok'],
    ['the old key', () => rotateTo(party('doctor 3'), doctor), 'tx.bad-signature'],
    ['back to the first key', () => rotateTo(doctor, now), 'identity.same-key'],
    ['onwards', () => rotateTo(party('doctor 3'), now), 'ok'],
    [
      'back to the second key',
      () => rotateTo(next, { ...party('doctor 3'), id: doctor.id }),
      'identity.same-key',
    ],
  ]
  for (const [description, step, expected] of steps) is(step(), expected, description)
  const view = createReadView(world.state)
  equal(view.get(inceptionsByKey, next.signingKey), inception)
  const { role, status, sponsor } = view.get(accounts, doctor.id) ?? {}
  equal([role, status, sponsor], ['practitioner', 'active', north.id])
  world.run(setStatus.kind, setStatus.payload, { account: doctor.id, status: 'suspended' as const }, north)
  is(rotateTo(party('doctor 4'), { ...party('doctor 3'), id: doctor.id }), 'identity.suspended')
})

test.run()
