// Wycheproof (C2SP): AES-GCM, X25519, HKDF-SHA-256, HMAC-SHA-256 against the port that the node supplies.
import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import { equal, is, throws } from 'uvu/assert'
import { testData } from '../../../../test/data.ts'
import { notRun } from '../../../../test/not-run.ts'
import { nodeCiphers } from '../../src/keystore/index.ts'

type Texts =
  | 'key'
  | 'iv'
  | 'aad'
  | 'msg'
  | 'ct'
  | 'tag'
  | 'public'
  | 'private'
  | 'shared'
  | 'ikm'
  | 'salt'
  | 'info'
  | 'okm'

interface Vector extends Readonly<Record<Texts, string>> {
  readonly tcId: number
  readonly comment: string
  readonly size: number
  readonly flags: readonly string[]
  readonly result: 'valid' | 'invalid' | 'acceptable'
}

interface Group {
  readonly keySize: number
  readonly ivSize: number
  readonly tagSize: number
  readonly tests: readonly Vector[]
}

const unhex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))
const hex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex')

/** Calls `check` with every vector of a file; says so when the file is not here. */
const vectors = (file: string, name: string, check: (vector: Vector, group: Group, at: string) => void) => {
  const found = testData(`crypto/wycheproof/${file}`)
  if (found === undefined) return notRun(`the Wycheproof vectors of ${name} are not on this machine`)
  test(`Wycheproof: ${name}`, () => {
    const groups: readonly Group[] = JSON.parse(readFileSync(found, 'utf8')).testGroups
    for (const group of groups) {
      for (const vector of group.tests) check(vector, group, `#${vector.tcId} ${vector.comment}`)
    }
  })
}

vectors('aes_gcm_test.json', 'AES-256-GCM; other key and nonce sizes are refused', (vector, group, at) => {
  const [key, iv, aad, msg] = [vector.key, vector.iv, vector.aad, vector.msg].map(unhex) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ]
  const sealed = unhex(vector.ct + vector.tag)
  if (group.keySize !== 256 || group.ivSize !== 96) {
    throws(() => nodeCiphers.aesGcmSeal(key, iv, aad, msg))
    throws(() => nodeCiphers.aesGcmOpen(key, iv, aad, sealed))
    return
  }
  const isValid = vector.result === 'valid'
  is(hex(nodeCiphers.aesGcmOpen(key, iv, aad, sealed)), isValid ? vector.msg : undefined, at)
  equal(hex(nodeCiphers.aesGcmSeal(key, iv, aad, msg)) === hex(sealed), isValid, at)
})

vectors('x25519_test.json', 'X25519; all-zero shared secrets are refused', (vector, _group, at) => {
  const shared = hex(nodeCiphers.x25519(unhex(vector.private), unhex(vector.public)))
  is(shared, vector.flags.includes('ZeroSharedSecret') ? undefined : vector.shared, at)
})

vectors('hkdf_sha256_test.json', 'HKDF-SHA-256', (vector, _group, at) => {
  const derive = () =>
    nodeCiphers.hkdfSha256(unhex(vector.ikm), unhex(vector.salt), unhex(vector.info), vector.size)
  if (vector.result === 'valid') is(hex(derive()), vector.okm, at)
  else throws(derive)
})

vectors('hmac_sha256_test.json', 'HMAC-SHA-256', (vector, group, at) => {
  const tag = nodeCiphers.hmacSha256(unhex(vector.key), unhex(vector.msg)).subarray(0, group.tagSize / 8)
  equal(hex(tag) === vector.tag, vector.result === 'valid', at)
})

test('the incremental hash is the hash of all pieces', () => {
  const bytes = nodeCiphers.randomBytes(1000)
  const hash = nodeCiphers.createSha256()
  for (let at = 0; at < bytes.length; at += 33) hash.update(bytes.subarray(at, at + 33))
  equal(hash.digest(), nodeCiphers.sha256(bytes))
})

// RFC 8032 §7.1, test 1; RFC 9180 A.1.1.
test('public keys and signatures of the RFCs', () => {
  const seed = unhex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60')
  is(hex(nodeCiphers.ed25519Public(seed)), 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a')
  is(
    hex(nodeCiphers.ed25519Sign(seed, new Uint8Array(0))),
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  )
  const secret = unhex('4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8')
  is(
    hex(nodeCiphers.x25519Public(secret)),
    '3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d',
  )
})

test('no two draws have bytes in common, across whatever is drawn at once', () => {
  const seen = new Set<string>()
  const sizes = [16, 32, 12, 32, 1000, 1024, 1025, 5000]
  let parts = 0
  for (let round = 0; round < 60; round++) {
    for (const size of sizes) {
      const bytes = nodeCiphers.randomBytes(size)
      is(bytes.length, size)
      for (let at = 0; at + 12 <= size; at += 12) {
        seen.add(hex(bytes.subarray(at, at + 12)) ?? '')
        parts++
      }
    }
  }
  is(seen.size, parts)
  is(nodeCiphers.randomBytes(0).length, 0)
})

test.run()
