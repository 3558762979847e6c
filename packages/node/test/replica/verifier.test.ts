import { createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { bytesFromHex, unwrap } from '@medchain/core'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { testData } from '../../../../test/data.ts'
import { notRun } from '../../../../test/not-run.ts'
import { nodeSha256 } from '../../src/keystore/index.ts'
import { createSigner } from '../../src/replica/signer.ts'
import { createVerifier, signatureVerifier } from '../../src/replica/verifier.ts'

const hex = (text: string): Uint8Array => unwrap(bytesFromHex(text))
const MESSAGE = new TextEncoder().encode('medchain')
const signer = createSigner(new Uint8Array(32).fill(7))

interface Wycheproof {
  readonly testGroups: readonly {
    readonly publicKey: { readonly pk: string }
    readonly tests: readonly { tcId: number; msg: string; sig: string; result: string; comment: string }[]
  }[]
}

const file = testData('crypto/wycheproof/ed25519_test.json')
if (file === undefined) notRun('the Wycheproof vectors are not on this machine')
else {
  test('Wycheproof Ed25519: every valid signature is accepted, every other refused', () => {
    const { testGroups } = JSON.parse(readFileSync(file, 'utf8')) as Wycheproof
    let count = 0
    for (const { publicKey, tests } of testGroups) {
      for (const { tcId, msg, sig, result, comment } of tests) {
        const verdict = signatureVerifier.verify(hex(publicKey.pk), hex(msg), hex(sig))
        equal(verdict, result === 'valid', `test ${tcId}: ${comment}`)
        count += 1
      }
    }
    ok(count > 100)
  })
}

test('a signature holds for its key and message only', () => {
  const signature = signer.sign(MESSAGE)
  ok(signatureVerifier.verify(signer.publicKey, MESSAGE, signature))
  for (let at = 0; at < 64; at += 7) {
    const changed = Uint8Array.from(signature)
    changed[at] = (changed[at] as number) ^ 1
    ok(!signatureVerifier.verify(signer.publicKey, MESSAGE, changed))
  }
  ok(!signatureVerifier.verify(signer.publicKey, MESSAGE.subarray(1), signature))
  ok(!signatureVerifier.verify(signer.publicKey.subarray(1), MESSAGE, signature))
  ok(!signatureVerifier.verify(signer.publicKey, MESSAGE, signature.subarray(1)))
})

const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex')

const holdsForOpenssl = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean => {
  const der = Buffer.concat([SPKI_HEAD, publicKey])
  return verify(null, message, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature)
}

const opensslVerifier = createVerifier(holdsForOpenssl)

test('node:crypto agrees with what is signed', () => {
  ok(opensslVerifier.verify(signer.publicKey, MESSAGE, signer.sign(MESSAGE)))
})

interface Edges {
  readonly cases: readonly {
    readonly number: number
    readonly what: string
    readonly message: string
    readonly publicKey: string
    readonly signature: string
    readonly isValid: boolean
  }[]
}

const edgesFile = path.join(import.meta.dirname, '../vectors/ed25519-edges.json')

test('Taming the many EdDSAs: one verdict on all twelve edge cases, with libsodium and with node:crypto', () => {
  const { cases } = JSON.parse(readFileSync(edgesFile, 'utf8')) as Edges
  equal(cases.length, 12)
  // OpenSSL's own verdict on these differs between builds of Node.js; under the predicate it may not.
  for (const { number, what, isValid, ...each } of cases) {
    const given = [hex(each.publicKey), hex(each.message), hex(each.signature)] as const
    equal(signatureVerifier.verify(...given), isValid, `libsodium, case ${number}: ${what}`)
    equal(opensslVerifier.verify(...given), isValid, `node:crypto, case ${number}: ${what}`)
  }
})

test('points of small order and encodings that are not canonical are refused as key and as R', () => {
  const signature = signer.sign(MESSAGE)
  const points = [
    '00'.repeat(32),
    `01${'00'.repeat(31)}`,
    `01${'00'.repeat(30)}80`,
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    `ec${'ff'.repeat(30)}7f`,
    `ed${'ff'.repeat(30)}7f`,
    `ee${'ff'.repeat(30)}ff`,
  ].map(hex)
  for (const point of points) {
    // With S = 0 and both points the identity the bare equation would hold.
    ok(!signatureVerifier.verify(point, MESSAGE, Buffer.concat([point, new Uint8Array(32)])))
    ok(!signatureVerifier.verify(signer.publicKey, MESSAGE, Buffer.concat([point, signature.subarray(32)])))
  }
})

test('S at or above the group order is refused', () => {
  const signature = signer.sign(MESSAGE)
  const order = BigInt(`0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed`)
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`)
  const malleable = Buffer.from((s + order).toString(16).padStart(64, '0'), 'hex').reverse()
  ok(
    !signatureVerifier.verify(
      signer.publicKey,
      MESSAGE,
      Buffer.concat([signature.subarray(0, 32), malleable]),
    ),
  )
})

test('FIPS 180-4: SHA-256 of abc', () => {
  const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
  const target = new Uint8Array(40)
  nodeSha256(new TextEncoder().encode('abc'), target, 4)
  equal(Buffer.from(target).toString('hex'), `00000000${expected}00000000`)
})

test.run()
