import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { nodeCiphers, signatureVerifier } from '@medchain/node'
import { quantile } from '../report/quantile.ts'

/** What the machine itself can do: one core, one disk, one loopback. */
export interface MachineCeiling {
  readonly cores: number
  readonly verificationsPerSecond: number
  readonly hashesPerSecond: number
  readonly syncP50Ms: number
  readonly roundTripP50Ms: number
}

const SPAN_MS = 700

const perSecond = (work: () => void): number => {
  work()
  const startedAt = performance.now()
  let times = 0
  while (performance.now() - startedAt < SPAN_MS) {
    for (let each = 0; each < 50; each++) work()
    times += 50
  }
  return (times * 1000) / (performance.now() - startedAt)
}

const verifications = (): number => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const key = new Uint8Array(Buffer.from(publicKey.export({ format: 'jwk' }).x as string, 'base64url'))
  const message = new Uint8Array(randomBytes(55))
  const signature = new Uint8Array(sign(null, message, privateKey))
  return perSecond(() => {
    if (!signatureVerifier.verify(key, message, signature)) throw new Error('a true signature was refused')
  })
}

const hashes = (): number => {
  const bytes = new Uint8Array(randomBytes(250))
  return perSecond(() => void nodeCiphers.sha256(bytes))
}

/** Median of appending 4 KiB and waiting for the disk. */
const syncMs = (): number => {
  const folder = mkdtempSync(path.join(tmpdir(), 'medchain-ceiling-'))
  const file = openSync(path.join(folder, 'log'), 'a', 0o600)
  const block = new Uint8Array(randomBytes(4096))
  const times: number[] = []
  for (let each = 0; each < 100; each++) {
    const startedAt = performance.now()
    writeSync(file, block)
    fdatasyncSync(file)
    times.push(performance.now() - startedAt)
  }
  closeSync(file)
  rmSync(folder, { recursive: true })
  return quantile(times, 0.5)
}

/** Median of a byte there and back over a loopback connection. */
const roundTripMs = async (): Promise<number> => {
  const server = createServer((socket) => socket.setNoDelay().pipe(socket)).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const socket: Socket = connect(port, '127.0.0.1').setNoDelay()
  const times: number[] = []
  for (let each = 0; each < 300; each++) {
    const startedAt = performance.now()
    await new Promise((resolve) => {
      socket.once('data', resolve)
      socket.write('x')
    })
    times.push(performance.now() - startedAt)
  }
  socket.destroy()
  server.close()
  return quantile(times, 0.5)
}

/** Measures for about two seconds; what else runs on the machine shows in it, as in all the rest. */
export const measureCeiling = async (cores: number): Promise<MachineCeiling> => ({
  cores,
  verificationsPerSecond: verifications(),
  hashesPerSecond: hashes(),
  syncP50Ms: syncMs(),
  roundTripP50Ms: await roundTripMs(),
})
