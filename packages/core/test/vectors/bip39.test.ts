// The English vectors of BIP-39 (trezor/python-mnemonic), and words that must be refused.
import { readFileSync } from 'node:fs'
import { entropyToMnemonic, mnemonicToSeedSync, validateMnemonic } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { test } from 'uvu'
import { is, ok } from 'uvu/assert'
import { testData } from '../../../../test/data.ts'
import { notRun } from '../../../../test/not-run.ts'
import { hexFromBytes } from '../../src/encoding/index.ts'
import { createWords, validateWords } from '../../src/sealing/index.ts'
import { plainCiphers } from '../sealing/plain-ciphers.ts'

type Vector = readonly [entropy: string, words: string, seed: string]

const file = testData('crypto/bip39-english.json')
if (file === undefined) notRun('the BIP-39 vectors are not on this machine')
else {
  const vectors: readonly Vector[] = JSON.parse(readFileSync(file, 'utf8')).english

  test('BIP-39 English: entropy to words to seed', () => {
    ok(vectors.length >= 24)
    for (const [entropy, words, seed] of vectors) {
      is(entropyToMnemonic(new Uint8Array(Buffer.from(entropy, 'hex')), wordlist), words)
      is(hexFromBytes(mnemonicToSeedSync(words, 'TREZOR')), seed)
      ok(validateMnemonic(words, wordlist))
    }
  })

  test('BIP-39 English, 256 bits: our words of the same entropy, and none with one word changed', () => {
    const long = vectors.filter(([entropy]) => entropy.length === 64)
    ok(long.length > 0)
    for (const [entropy, words] of long) {
      const port = { ...plainCiphers, randomBytes: () => new Uint8Array(Buffer.from(entropy, 'hex')) }
      const made = createWords(port)
      is(made.join(' '), words)
      ok(validateWords(made).ok)
      const index = (wordlist.indexOf(made[23] as string) + 1) % wordlist.length
      const changed = validateWords(made.with(23, wordlist[index] as string))
      is(changed.ok ? 'ok' : changed.code, 'words.checksum')
    }
  })
}

test.run()
