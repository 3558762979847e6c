import { pureJsCrypto } from '@chainsafe/libp2p-noise'
import { Uint8ArrayList } from 'uint8arraylist'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { noiseCrypto } from '../../src/network/wire/noise-crypto.ts'

const fromHex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'))
const plain = (bytes: { readonly subarray: () => Uint8Array }): Uint8Array => new Uint8Array(bytes.subarray())

const key = fromHex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f')
const nonce = fromHex('070000004041424344454647')
type Bytes = Parameters<typeof noiseCrypto.hashSHA256>[0]
// The library has a version of the list of its own.
const listOf = (...parts: Uint8Array[]): Bytes => new Uint8ArrayList(...parts) as unknown as Bytes

const NOTHING = new Uint8Array(0)

const filled = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * 7) % 251)

test('RFC 8439 §2.8.2: ChaCha20-Poly1305', () => {
  const text = new TextEncoder().encode(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  )
  const ad = fromHex('50515253c0c1c2c3c4c5c6c7')
  const sealed = plain(noiseCrypto.chaCha20Poly1305Encrypt(text, nonce, ad, key))
  assert.equal(sealed.subarray(0, 16), fromHex('d31a8d34648e60db7b86afbc53ef7ec2'))
  assert.equal(sealed.subarray(text.length), fromHex('1ae10b594f09e26a7e902ecbd0600691'))
  assert.equal(plain(noiseCrypto.chaCha20Poly1305Decrypt(sealed, nonce, ad, key)), text)
})

test('RFC 7748 §6.1: X25519', () => {
  const bob = fromHex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb')
  const alicePublic = fromHex('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a')
  const { publicKey } = noiseCrypto.generateX25519KeyPairFromSeed(bob)
  assert.equal(plain(publicKey), fromHex('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'))
  const shared = noiseCrypto.generateX25519SharedKey(bob, alicePublic)
  assert.equal(plain(shared), fromHex('4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742'))
})

test('a point of small order makes no key', () => {
  const { privateKey } = noiseCrypto.generateX25519KeyPair()
  assert.throws(() => noiseCrypto.generateX25519SharedKey(privateKey, new Uint8Array(32)))
})

test('key pairs are fresh', () => {
  const [one, other] = [noiseCrypto.generateX25519KeyPair(), noiseCrypto.generateX25519KeyPair()]
  assert.not.equal(plain(one.privateKey), plain(other.privateKey))
  assert.equal(
    plain(one.publicKey),
    pureJsCrypto.generateX25519KeyPairFromSeed(plain(one.privateKey)).publicKey,
  )
})

test('messages of any length, whole or in parts, are those of the plain implementation', () => {
  for (const length of [0, 1, 15, 16, 17, 1199, 1200, 4097, 65_519]) {
    const message = filled(length)
    const middle = Math.floor(length / 2)
    const parts = listOf(message.subarray(0, middle), message.subarray(middle))
    const expected = pureJsCrypto.chaCha20Poly1305Encrypt(message, nonce, NOTHING, key).subarray()
    for (const form of [message, parts])
      assert.equal(plain(noiseCrypto.chaCha20Poly1305Encrypt(form, nonce, NOTHING, key)), plain(expected))
    assert.equal(message, filled(length))
    const sealed = listOf(expected.subarray(0, middle), expected.subarray(middle))
    for (const form of [expected, sealed])
      assert.equal(plain(noiseCrypto.chaCha20Poly1305Decrypt(form, nonce, NOTHING, key)), message)
  }
})

test('what was changed or cut short does not open', () => {
  const sealed = plain(noiseCrypto.chaCha20Poly1305Encrypt(filled(40), nonce, NOTHING, key))
  const open = (bytes: Uint8Array, ad = NOTHING) => noiseCrypto.chaCha20Poly1305Decrypt(bytes, nonce, ad, key)
  for (let at = 0; at < sealed.length; at++) {
    const changed = sealed.slice()
    changed[at] = (changed[at] as number) ^ 1
    assert.throws(() => open(changed))
  }
  for (const length of [0, 15, 16, sealed.length - 1]) assert.throws(() => open(sealed.subarray(0, length)))
  assert.throws(() => open(sealed, Uint8Array.of(1)))
})

test('hashes and derived keys are those of the plain implementation', () => {
  for (const data of [filled(0), filled(100), listOf(filled(10), filled(20))])
    assert.equal(plain(noiseCrypto.hashSHA256(data)), pureJsCrypto.hashSHA256(data))
  assert.equal(noiseCrypto.getHKDF(key, filled(32)), pureJsCrypto.getHKDF(key, filled(32)))
})

test.run()
