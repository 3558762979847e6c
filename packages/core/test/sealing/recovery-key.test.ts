import { createPublicKey, randomBytes, verify } from 'node:crypto'
import { test } from 'uvu'
import { equal, is, match } from 'uvu/assert'
import { unwrap } from '../../src/encoding/index.ts'
import { accountIdFromInception } from '../../src/identity/index.ts'
import {
  CUSTODIANS_SHARE,
  combineRecoverySecret,
  type GivenShare,
  openForRecovery,
  openRecoveryContent,
  type SharedRecovery,
  sealForRecovery,
  sealRecoveryContent,
  splitRecoverySecret,
  TICKETS_SHARE,
  verifyRecoveryContent,
} from '../../src/sealing/index.ts'
import { plainCiphers as port } from './plain-ciphers.ts'

const verifyEd25519 = (key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean => {
  const x = Buffer.from(key).toString('base64url')
  return verify(
    null,
    message,
    createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
    signature,
  )
}

const bytes = (sizeBytes: number) => new Uint8Array(randomBytes(sizeBytes))

const subsets = (count: number): readonly (readonly number[])[] =>
  Array.from({ length: 2 ** count }, (_, bits) =>
    Array.from({ length: count }, (_none, position) => position).filter((position) => (bits >> position) & 1),
  )

const split = async (m: number, n: number, t: number, c: number) => {
  const secret = bytes(32)
  const inception = { signingKey: bytes(32), sealingKey: port.x25519Public(secret), salt: bytes(32) }
  const sizes = { guardians: { count: n, threshold: m }, custodians: { count: c, threshold: t } }
  const shares = await splitRecoverySecret(secret, accountIdFromInception(inception), sizes, port)
  const recovery: SharedRecovery = {
    inception,
    guardians: shares.guardians.digests.map((shareDigest) => ({ tag: bytes(32), shareDigest })),
    guardianThreshold: m,
    custodians: shares.custodians.digests.map((shareDigest) => ({ institution: bytes(32), shareDigest })),
    custodianThreshold: t,
  }
  const given = (side: 'guardians' | 'custodians', places: readonly number[]): readonly GivenShare[] =>
    places.map((position) => ({ position, share: shares[side].shares[position] as Uint8Array }))
  return { secret, recovery, given }
}

test('RV2: m guardians and t custodians open it, and no fewer, whoever they are', async () => {
  for (const [m, n, t, c] of [
    [2, 3, 2, 3],
    [1, 1, 2, 2],
    [2, 2, 3, 4],
  ] as const) {
    const { secret, recovery, given } = await split(m, n, t, c)
    for (const guardians of subsets(n)) {
      for (const custodians of subsets(c)) {
        const all = { guardians: given('guardians', guardians), custodians: given('custodians', custodians) }
        const combined = await combineRecoverySecret(recovery, all, port)
        if (guardians.length >= m && custodians.length >= t) equal(unwrap(combined), secret)
        else is((combined as { code: string }).code, 'share.too-few')
      }
    }
  }
})

test('RV2: one half is not the key; without guardians the custodians’ half is', async () => {
  const { recovery, given } = await split(1, 2, 2, 3)
  const custodians = given('custodians', [0, 1, 2])
  const alone = await combineRecoverySecret(
    { ...recovery, guardians: [] },
    { guardians: [], custodians },
    port,
  )
  match(JSON.stringify(alone), 'share.mismatch')
  const unguarded = await split(0, 0, 2, 3)
  const both = { guardians: [], custodians: unguarded.given('custodians', [0, 2]) }
  equal(unwrap(await combineRecoverySecret(unguarded.recovery, both, port)), unguarded.secret)
})

test('an envelope opens for its recipient, recovery and kind alone', async () => {
  const secret = bytes(32)
  const place = { networkId: bytes(32), recoveryId: bytes(32), recipient: port.x25519Public(secret) }
  const carried = { position: 1, share: bytes(33) }
  const sealed = unwrap(await sealForRecovery(CUSTODIANS_SHARE, place, carried))
  equal(unwrap(await openForRecovery(CUSTODIANS_SHARE, place, secret, sealed)), carried)
  const refused = [
    openForRecovery(TICKETS_SHARE, place, secret, sealed),
    openForRecovery(CUSTODIANS_SHARE, { ...place, recoveryId: bytes(32) }, secret, sealed),
    openForRecovery(CUSTODIANS_SHARE, { ...place, networkId: bytes(32) }, secret, sealed),
    openForRecovery(CUSTODIANS_SHARE, place, bytes(32), sealed),
    openForRecovery(CUSTODIANS_SHARE, place, secret, sealed.slice(1)),
  ]
  for (const each of refused) match(JSON.stringify(await each), 'recover.envelope')
})

test('what a person needs to go on is the recovery’s own word: a custodian cannot put other secrets there', async () => {
  const secret = bytes(32)
  const signingSeed = bytes(32)
  const signingKey = port.ed25519Public(signingSeed)
  const place = { networkId: bytes(32), recoveryId: bytes(32), recipient: port.x25519Public(secret) }
  const inception = { signingKey: bytes(32), sealingKey: bytes(32), salt: bytes(32) }
  const content = {
    inception,
    signingSeed: bytes(32),
    sealingSecret: bytes(32),
    salt: bytes(32),
    keyring: bytes(9),
  }
  const verifier = { verify: verifyEd25519 }
  const sealed = unwrap(
    await sealRecoveryContent(place, content, 7, (message) => port.ed25519Sign(signingSeed, message)),
  )
  const verified = unwrap(verifyRecoveryContent(place, signingKey, verifier, sealed))
  is(verified.counter, 7)
  equal(unwrap(await openRecoveryContent(place, secret, verified.sealed)), content)
  const forged = unwrap(
    await sealRecoveryContent(place, content, 8, (message) => port.ed25519Sign(bytes(32), message)),
  )
  match(JSON.stringify(verifyRecoveryContent(place, signingKey, verifier, forged)), 'recover.envelope')
  const elsewhere = { ...place, recoveryId: bytes(32) }
  match(JSON.stringify(verifyRecoveryContent(elsewhere, signingKey, verifier, sealed)), 'recover.envelope')
})

test.run()
