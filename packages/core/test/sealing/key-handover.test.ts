import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { equalBytes, unwrap } from '../../src/encoding/index.ts'
import {
  grantIdOfEnvelope,
  openGrant,
  openKeyring,
  openLeg,
  openResealedKeys,
  resealKeys,
  sealGrant,
  sealKeyring,
  sealLeg,
  verifyEpochSecret,
} from '../../src/sealing/index.ts'
import { plainCiphers as port } from './plain-ciphers.ts'
import { flipped, idOf, pairOf } from './sealed-batch.ts'

const networkId = idOf('network')
const codeOf = (result: { ok: boolean; code?: string }) => (result.ok ? 'ok' : result.code)

test('a leg opens for its response key and statement only', async () => {
  const { publicKey, secretKey } = pairOf('response')
  const context = { networkId, statementHash: idOf('statement') }
  const content = new Uint8Array(100_000).fill(7)
  const sealed = unwrap(await sealLeg(publicKey, context, content))
  ok(equalBytes(unwrap(await openLeg(secretKey, context, sealed)), content))
  is(codeOf(await openLeg(pairOf('another').secretKey, context, sealed)), 'leg.damaged')
  const replayed = { networkId, statementHash: idOf('another statement') }
  is(codeOf(await openLeg(secretKey, replayed, sealed)), 'leg.damaged')
  for (const at of [0, 1, 20, 40, 90, sealed.length - 1]) {
    is(codeOf(await openLeg(secretKey, context, flipped(sealed, at))), 'leg.damaged', `byte ${at}`)
  }
  is(codeOf(await sealLeg(new Uint8Array(32), context, content)), 'record.public-key')
})

test('resealed keys open for one staff member and one statement only', async () => {
  const context = { networkId, statementHash: idOf('statement'), recipient: idOf('nurse') }
  const keys = [0, 1].map((index) => ({
    recordId: idOf(`record ${index}`).subarray(0, 18),
    k1: idOf(`k1 ${index}`),
  }))
  const sealed = unwrap(await resealKeys(pairOf('nurse').publicKey, context, keys))
  const { secretKey } = pairOf('nurse')
  equal(unwrap(await openResealedKeys(secretKey, context, sealed)), keys)
  is(codeOf(await openResealedKeys(pairOf('doctor').secretKey, context, sealed)), 'record.key-mismatch')
  for (const changed of [
    { recipient: idOf('doctor') },
    { statementHash: idOf('x') },
    { networkId: idOf('x') },
  ]) {
    is(codeOf(await openResealedKeys(secretKey, { ...context, ...changed }, sealed)), 'record.key-mismatch')
  }
  for (let at = 0; at < sealed.length; at++) {
    is(codeOf(await openResealedKeys(secretKey, context, flipped(sealed, at))), 'record.key-mismatch')
  }
})

test('a grant opens for its grantee, and a lying epoch secret is found out', async () => {
  const context = { networkId, grantee: idOf('clinic') }
  const { secretKey, publicKey } = pairOf('clinic')
  const person = idOf('person')
  const place = {
    grantId: idOf('grant'),
    chart: idOf('chart'),
    epoch: 2,
    person,
    compartment: 'hiv',
  } as const
  const epoch = pairOf('epoch')
  const keys = { type: 'epoch', epochSecret: epoch.secretKey } as const
  const sealed = unwrap(await sealGrant(publicKey, context, { ...place, keys }))
  equal(unwrap(await openGrant(secretKey, context, sealed)), { ...place, keys })
  ok(equalBytes(unwrap(grantIdOfEnvelope(sealed)), place.grantId))
  is(codeOf(verifyEpochSecret(epoch.secretKey, epoch.publicKey, port)), 'ok')
  is(codeOf(verifyEpochSecret(pairOf('old epoch').secretKey, epoch.publicKey, port)), 'grant.key-mismatch')
  is(codeOf(await openGrant(pairOf('doctor').secretKey, context, sealed)), 'grant.wrong-recipient')
  const elsewhere = { ...context, grantee: idOf('another clinic') }
  is(codeOf(await openGrant(secretKey, elsewhere, sealed)), 'grant.wrong-recipient')
  for (let at = 0; at < sealed.length; at++) {
    const result = await openGrant(secretKey, context, flipped(sealed, at))
    ok(!result.ok && /^grant\.(envelope-damaged|wrong-recipient)$/.test(result.code), `byte ${at}`)
  }
})

test('a grant of listed records carries their keys', async () => {
  const context = { networkId, grantee: idOf('clinic') }
  const recordKeys = [{ recordId: idOf('record').subarray(0, 18), k1: idOf('k1') }]
  const grant = {
    grantId: idOf('grant'),
    chart: idOf('chart'),
    epoch: 0,
    person: idOf('person'),
    compartment: 'laboratory',
    keys: { type: 'records', keys: recordKeys },
  } as const
  const sealed = unwrap(await sealGrant(pairOf('clinic').publicKey, context, grant))
  equal(unwrap(await openGrant(pairOf('clinic').secretKey, context, sealed)), grant)
})

test('a keyring comes back with the words’ key, and its size grows in steps', async () => {
  const chart = (name: string) => ({
    compartment: name,
    chartId: idOf(name),
    controllerSeed: idOf(`seed ${name}`),
    epochs: [{ epoch: 0, secret: idOf(`epoch ${name}`) }],
    salt: idOf(`salt ${name}`),
  })
  const grant = {
    name: 'second opinion',
    grantIds: [idOf('grant')],
    grantee: 'did:medchain:zClinic',
    compartments: ['laboratory'],
    recordIds: [],
    purposes: ['TREAT'],
    fromMs: 1,
    untilMs: undefined,
  }
  const keyring = { version: 7, charts: ['general', 'hiv'].map(chart), grants: [grant], extra: [] }
  const person = pairOf('person')
  const sealed = unwrap(await sealKeyring(person.publicKey, networkId, keyring))
  equal(unwrap(await openKeyring(person, networkId, sealed)), keyring)
  const smaller = unwrap(await sealKeyring(person.publicKey, networkId, { ...keyring, charts: [] }))
  is(sealed.length, smaller.length)
  is(codeOf(await openKeyring(pairOf('thief'), networkId, sealed)), 'keyring.wrong-key')
  is(codeOf(await openKeyring(person, idOf('another network'), sealed)), 'keyring.wrong-key')
  for (let at = 0; at < sealed.length; at += 41) {
    const result = await openKeyring(person, networkId, flipped(sealed, at))
    ok(!result.ok && /^keyring\./.test(result.code), `byte ${at}`)
  }
})

test.run()
