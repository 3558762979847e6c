import { test } from 'uvu'
import { equal, is, match, not } from 'uvu/assert'
import { unwrap } from '../../src/encoding/index.ts'
import { createWords, normalizeWords, secretsFromWords, validateWords } from '../../src/sealing/index.ts'
import { plainCiphers as port } from './plain-ciphers.ts'

const zeros = [...Array<string>(23).fill('abandon'), 'art']

test('24 fresh words derive three secrets, always the same', () => {
  const words = createWords(port)
  is(words.length, 24)
  const secrets = unwrap(secretsFromWords(words, port))
  equal(unwrap(secretsFromWords(words, port)), secrets)
  equal(
    Object.values(secrets).map((secret) => secret.length),
    [32, 32, 32],
  )
  not.equal(secrets.signingSeed, secrets.sealingSecret)
  not.equal(createWords(port), words)
})

test('words may be typed in any case and spacing', () => {
  equal(normalizeWords(`  ${zeros.join('  ').toUpperCase()}\n`), zeros)
})

test('a mistaken word is named', () => {
  const codeOf = (words: readonly string[]) => validateWords(words) as { code: string; message: string }
  is(codeOf(zeros.slice(1)).code, 'words.count')
  const unknown = codeOf(zeros.with(4, 'abandom').with(9, 'xyz'))
  is(unknown.code, 'words.unknown')
  match(unknown.message, /word 5: “abandom”, word 10: “xyz”/)
  is(codeOf(zeros.with(4, 'zoo')).code, 'words.checksum')
  is(codeOf([...zeros.slice(1), 'abandon']).code, 'words.checksum')
  is((secretsFromWords(zeros.with(23, 'zoo'), port) as { code: string }).code, 'words.checksum')
})

test.run()
