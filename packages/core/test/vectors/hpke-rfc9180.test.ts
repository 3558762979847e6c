// RFC 9180 appendix A.1 and its siblings for DHKEM(X25519, HKDF-SHA256).
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { Aes128Gcm, Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, ExportOnly, HkdfSha256 } from '@hpke/core'
import { test } from 'uvu'
import { is } from 'uvu/assert'
import { testData } from '../../../../test/data.ts'
import { notRun } from '../../../../test/not-run.ts'
import { hexFromBytes } from '../../src/encoding/index.ts'
import { openWith } from '../../src/sealing/index.ts'

interface Vector {
  readonly mode: number
  readonly kem_id: number
  readonly kdf_id: number
  readonly aead_id: number
  readonly info: string
  readonly skRm: string
  readonly pkRm: string
  readonly pkSm?: string
  readonly enc: string
  readonly encryptions: readonly { readonly aad: string; readonly ct: string; readonly pt: string }[]
  readonly exports: readonly {
    readonly exporter_context: string
    readonly L: number
    readonly exported_value: string
  }[]
}

const unhex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))
const MODES = ['base', 'psk', 'auth']
const AEADS = new Map([
  [1, new Aes128Gcm()],
  [2, new Aes256Gcm()],
  [0xffff, new ExportOnly()],
])

const contextOf = async (vector: Vector, aead: Aes128Gcm | ExportOnly) => {
  const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead })
  const { pkSm } = vector
  return suite.createRecipientContext({
    recipientKey: await suite.kem.deserializePrivateKey(unhex(vector.skRm)),
    enc: unhex(vector.enc),
    info: unhex(vector.info),
    ...(pkSm === undefined ? {} : { senderPublicKey: await suite.kem.deserializePublicKey(unhex(pkSm)) }),
  })
}

const checkContext = async (vector: Vector, aead: Aes128Gcm | ExportOnly) => {
  const context = await contextOf(vector, aead)
  for (const { aad, ct, pt } of vector.encryptions) {
    is(hexFromBytes(new Uint8Array(await context.open(unhex(ct), unhex(aad)))), pt)
  }
  for (const { exporter_context, L, exported_value } of vector.exports) {
    is(hexFromBytes(new Uint8Array(await context.export(unhex(exporter_context), L))), exported_value)
  }
}

/** The project's own suite through its own function, and the same with each input changed. */
const checkOpenWith = async (vector: Vector) => {
  const first = vector.encryptions[0] as Vector['encryptions'][0]
  const given = [vector.skRm, vector.enc, vector.info, first.aad, first.ct].map(unhex)
  const open = (inputs: readonly Uint8Array[]) => openWith(...(inputs as Parameters<typeof openWith>))
  is(hexFromBytes((await open(given)) as Uint8Array), first.pt)
  for (const [index, input] of given.entries()) {
    const changed = new Uint8Array(input)
    changed[1] = (changed[1] as number) ^ 1
    is(await open(given.with(index, changed)), undefined, `input ${index} changed`)
  }
}

const file = testData('crypto/hpke-rfc9180-x25519.json.gz')
if (file === undefined) notRun('the RFC 9180 vectors are not on this machine')
else {
  const vectors: readonly Vector[] = JSON.parse(gunzipSync(readFileSync(file)).toString())
  for (const vector of vectors) {
    const name = `RFC 9180: X25519, ${MODES[vector.mode]} mode, AEAD ${vector.aead_id}`
    const aead = AEADS.get(vector.aead_id)
    if (aead === undefined) notRun(`${name}: ChaCha20-Poly1305 is not used here`)
    else test(name, () => checkContext(vector, aead))
    if (vector.mode === 0 && vector.aead_id === 2) test(`${name}, by openWith`, () => checkOpenWith(vector))
  }
}

test.run()
