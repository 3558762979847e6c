import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  decodeSyncRequest,
  encodeSyncResponse,
  networkIdOf,
  type StoredBlock,
  unwrap,
  validatorsOf,
} from '@medchain/core'
import { test } from 'uvu'
import { equal, is, ok, throws } from 'uvu/assert'
import { systemClock } from '../../src/clock.ts'
import { nodePaths } from '../../src/config/index.ts'
import { createLogger } from '../../src/logger.ts'
import { createMetrics } from '../../src/metrics/index.ts'
import type { PeerStatus } from '../../src/network/index.ts'
import { createBlockHealer, signatureVerifier } from '../../src/replica/index.ts'
import { verifyHealed } from '../../src/replica/verify-healed.ts'
import { openStorage } from '../../src/storage/index.ts'
import { inFolder, makeChain } from '../storage/made-chain.ts'

const logger = createLogger({ level: 'silent' })
const chain = makeChain(6)
const stranger = makeChain(6)
const fork = makeChain(6, new Uint8Array(32).fill(7), chain)
const networkId = networkIdOf(chain.genesis)
const validatorsAt = () => validatorsOf(chain.genesis)
const blockOf = ({ blocks }: { readonly blocks: readonly StoredBlock[] }, height: number): Uint8Array =>
  blocks[height - 1]?.bytes ?? new Uint8Array(0)

/** A home whose blocks 3 and 4 are damaged, with a healer whose peers answer as `peers` say. */
const withHealer = (
  peers: Readonly<Record<string, (height: number) => Uint8Array | undefined>>,
  f: (healer: ReturnType<typeof createBlockHealer>, asked: string[]) => Promise<void>,
): Promise<void> =>
  inFolder(async (home) => {
    const options = { paths: nodePaths(home), networkId }
    const storage = unwrap(await openStorage(options, { logger }))
    await storage.blocks.append(chain.blocks)
    const folder = nodePaths(home).blocks
    const file = path.join(folder, (await readdir(folder)).find((name) => name.endsWith('.blocks')) as string)
    const bytes = await readFile(file)
    for (const height of [3, 4]) bytes[Math.floor((bytes.length / 6) * (height - 0.5))]! ^= 1
    await writeFile(file, bytes)
    const asked: string[] = []
    const network = {
      peers: () => Object.keys(peers).map((institution) => ({ institution, connected: true }) as PeerStatus),
      request: async (peer: string, _protocol: string, body: Uint8Array) => {
        const { fromHeight } = unwrap(decodeSyncRequest(body))
        asked.push(`${peer} ${fromHeight}`)
        const found = peers[peer]?.(fromHeight)
        return encodeSyncResponse({ headHeight: 6, blocks: found ? [found] : [] })
      },
    }
    const clock = systemClock
    const verifier = signatureVerifier
    const metrics = createMetrics()
    const parts = { storage, network, clock, logger, metrics, networkId, validatorsAt, verifier }
    const healer = createBlockHealer(parts)
    try {
      await f(healer, asked)
    } finally {
      healer.close()
      await storage.close()
    }
  })

const honest = (height: number): Uint8Array => blockOf(chain, height)

test('a damaged block is named, not served, fetched from who has it, and then served', () =>
  withHealer({ a: () => undefined, b: honest }, async (healer, asked) => {
    throws(() => healer.readBlock(3), /Block 3 in/)
    equal(healer.damaged(), [3])
    ok(await healer.whenHealed(5000))
    equal(healer.readBlock(3), honest(3))
    equal(asked, ['a 3', 'b 3'])
    throws(() => healer.readBlock(4), /Block 4 in/)
    ok(await healer.whenHealed(5000))
    equal(healer.readBlock(4), honest(4))
  }))

/** Its last byte belongs to a signature. */
const flipped = (bytes: Uint8Array): Uint8Array => bytes.with(-1, (bytes.at(-1) ?? 0) ^ 1)

for (const [what, bytes, code] of [
  ['the block of another height', blockOf(chain, 2), 'block.wrong-height'],
  ['a block of another network', blockOf(stranger, 3), 'block.wrong-validators'],
  ['a certified block of a fork', blockOf(fork, 3), 'block.wrong-parent'],
  ['a block under a false certificate', flipped(blockOf(chain, 3)), 'certificate.bad-signature'],
  ['bytes that are no block', Uint8Array.of(1, 2, 3), 'encoding.malformed'],
] as const) {
  test(`${what} heals nothing`, () =>
    withHealer({ liar: () => bytes }, async (healer) => {
      throws(() => healer.readBlock(3), /Block 3 in/)
      is(await healer.whenHealed(300), false)
      throws(() => healer.readBlock(3), /Block 3 in/)
      const stored = () => undefined
      const neighbours = (height: number) => {
        const decoded = verifyHealed(height, blockOf(chain, height), context)
        return decoded.ok ? decoded.value : undefined
      }
      const context = { networkId, validatorsAt, verifier: signatureVerifier, stored }
      const verdict = verifyHealed(3, bytes, { ...context, stored: neighbours })
      equal(verdict.ok ? 'accepted' : verdict.code, code)
    }))
}

test('whoever supplies it later is asked again', () => {
  let isThere = false
  return withHealer({ a: (height) => (isThere ? honest(height) : undefined) }, async (healer) => {
    throws(() => healer.readBlock(3), /Block 3 in/)
    is(await healer.whenHealed(100), false)
    isThere = true
    ok(await healer.whenHealed(5000))
    equal(healer.readBlock(3), honest(3))
  })
})

test.run()
