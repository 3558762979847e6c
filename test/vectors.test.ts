// Third-party vectors: each collection on this machine is run in full by a test, or named with the reason why none is.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { testData } from './data.ts'
import { notRun } from './not-run.ts'

interface Wycheproof {
  readonly testGroups: readonly { readonly tests: readonly unknown[] }[]
}

const parse = (file: string): unknown => {
  const bytes = readFileSync(file)
  return JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString())
}
const wycheproofCases = (file: string): number =>
  (parse(file) as Wycheproof).testGroups.reduce((sum, { tests }) => sum + tests.length, 0)
const filesBelow = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name.endsWith('.json'),
  ).length
const lines = (folder: string): number => readdirSync(folder).length

interface Collection {
  readonly standard: string
  /** The test that runs every case. */
  readonly by: string
  readonly count: (place: string) => number
  readonly cases: number
}

const RUN: Readonly<Record<string, Collection>> = {
  'hpke-rfc9180-x25519.json.gz': {
    standard: 'RFC 9180 (the two with ChaCha20-Poly1305 are counted there as not run)',
    by: 'packages/core/test/vectors/hpke-rfc9180.test.ts',
    count: (file) => (parse(file) as readonly unknown[]).length,
    cases: 8,
  },
  'bip39-english.json': {
    standard: 'BIP-39',
    by: 'packages/core/test/vectors/bip39.test.ts',
    count: (file) => (parse(file) as { readonly english: readonly unknown[] }).english.length,
    cases: 24,
  },
  'merkle-rfc6962': {
    standard: 'RFC 6962 inclusion and consistency',
    by: 'packages/core/test/crypto/merkle-log.test.ts',
    count: filesBelow,
    cases: 114,
  },
  multibase: {
    standard: 'multibase (base58btc, base32, base16)',
    by: 'packages/core/test/encoding/text.test.ts',
    count: lines,
    cases: 4,
  },
  'wycheproof/aes_gcm_test.json': {
    standard: 'AES-GCM',
    by: 'packages/node/test/keystore/ciphers.test.ts',
    count: wycheproofCases,
    cases: 316,
  },
  'wycheproof/x25519_test.json': {
    standard: 'RFC 7748, X25519',
    by: 'packages/node/test/keystore/ciphers.test.ts',
    count: wycheproofCases,
    cases: 518,
  },
  'wycheproof/hkdf_sha256_test.json': {
    standard: 'RFC 5869, HKDF-SHA-256',
    by: 'packages/node/test/keystore/ciphers.test.ts',
    count: wycheproofCases,
    cases: 86,
  },
  'wycheproof/hmac_sha256_test.json': {
    standard: 'RFC 2104, HMAC-SHA-256',
    by: 'packages/node/test/keystore/ciphers.test.ts',
    count: wycheproofCases,
    cases: 174,
  },
  'wycheproof/ed25519_test.json': {
    standard: 'RFC 8032, Ed25519',
    by: 'packages/node/test/replica/verifier.test.ts',
    count: wycheproofCases,
    cases: 151,
  },
}

const UNUSED: Readonly<Record<string, string>> = {
  'did-key': 'did:key: the DIDs of this network are did:medchain, and no other method is resolved',
  'ipld-codec-fixtures':
    'DAG-CBOR: structures are deterministic CBOR of fixed schemas, without tags and maps',
  'json-canonicalization-rfc8785':
    'RFC 8785: no JSON is signed or digested; records are kept and committed to byte for byte',
  'noise-25519-chachapoly-sha256-XX.json': 'Noise XX: the handshake is libp2p’s own',
  'w3c-vc-eddsa': 'W3C verifiable credentials: attestations are CBOR under domain-tagged Ed25519',
  'web5-did-vc': 'did:jwk, did:web and VC-JWT: neither is read nor written',
  'wycheproof/chacha20_poly1305_test.json':
    'ChaCha20-Poly1305: contents are sealed with AES-256-GCM alone; only libp2p’s library has the other',
  'wycheproof/pbkdf2_hmacsha256_test.json':
    'PBKDF2-HMAC-SHA-256: passphrases go through scrypt, words through the BIP-39 library’s PBKDF2-HMAC-SHA-512',
}

const root = path.resolve(import.meta.dirname, '..')

for (const [name, { standard, by, count, cases }] of Object.entries(RUN)) {
  const place = testData(`crypto/${name}`)
  if (place === undefined) notRun(`${standard}: the vectors are not on this machine`)
  else {
    test(`${standard}: all ${cases} are there, and ${by} reads them`, () => {
      equal(count(place), cases)
      const text = readFileSync(path.join(root, by), 'utf8')
      const last = name.split('/').at(-1) ?? name
      ok(text.includes(last), `${by} does not name ${last}`)
    })
  }
}

for (const [name, reason] of Object.entries(UNUSED)) {
  if (testData(`crypto/${name}`) !== undefined) notRun(`${reason} (crypto/${name})`)
}

const folder = testData('crypto')
if (folder !== undefined) {
  test('no collection of vectors is left out in silence', () => {
    const names = readdirSync(folder).flatMap((name) =>
      name === 'wycheproof' && statSync(path.join(folder, name)).isDirectory()
        ? readdirSync(path.join(folder, name)).map((file) => `${name}/${file}`)
        : [name],
    )
    equal(
      names.filter((name) => !(name in RUN) && !(name in UNUSED)),
      [],
    )
  })
}

test.run()
