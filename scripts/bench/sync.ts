// npm run bench:sync -- [--validators 4] [--transactions 20000] [--per-block 1,50,500] [--core]
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { unwrap } from '@medchain/core'
import { readPassphraseFile } from '../../packages/node/src/config/index.ts'
import { createLocalNetwork, nodePaths, readNodeKeys } from '../../packages/node/src/index.ts'
import { createSigner, useNativeHashes } from '../../packages/node/src/replica/index.ts'
import { freePorts } from '../../packages/node/test/process/free-ports.ts'
import { measureImport } from './core-import.ts'
import { makeChain } from './made-chain.ts'
import { measureSync } from './node-sync.ts'

const { values } = parseArgs({
  options: {
    validators: { type: 'string', default: '4' },
    transactions: { type: 'string', default: '20000' },
    'per-block': { type: 'string', default: '1,50,500' },
    core: { type: 'boolean', default: false },
  },
})

useNativeHashes()
const validators = Number(values.validators)

const measure = async (transactionsPerBlock: number): Promise<void> => {
  const dir = await mkdtemp(path.join(tmpdir(), 'medchain-bench-'))
  try {
    const ports = await freePorts(2 * validators)
    const network = unwrap(
      await createLocalNetwork({
        dir,
        validators,
        basePort: 0,
        ports: Array.from({ length: validators }, (_, index) => ({
          api: ports[2 * index] as number,
          p2p: ports[2 * index + 1] as number,
        })),
      }),
    )
    const signers = await Promise.all(
      network.nodes.map(async ({ home }) => {
        const passphrase = unwrap(await readPassphraseFile(`${home}/passphrase`))
        return createSigner(unwrap(await readNodeKeys(nodePaths(home), passphrase)).votingSeed)
      }),
    )
    const blocks = Math.min(5_000, Math.ceil(Number(values.transactions) / transactionsPerBlock))
    const chain = makeChain(network.genesis, signers, { blocks, transactionsPerBlock })
    const tell = (what: string, seconds: number, rest: string): void =>
      console.log(
        `${transactionsPerBlock} a block, ${what}: ${Math.round(blocks / seconds)} blocks/s, ${Math.round((blocks * transactionsPerBlock) / seconds)} transactions/s, ${rest}`,
      )
    const core = measureImport(network.genesis, chain)
    tell('core alone', core.seconds, `longest input ${Math.round(core.longestMs)} ms`)
    if (values.core) return
    const node = await measureSync(network, chain)
    tell('two daemons', node.seconds, `event loop held up to ${Math.round(node.heldMs)} ms`)
    tell('two daemons, processor time of the wiped one', node.processorSeconds, 'all threads')
  } finally {
    await rm(dir, { recursive: true })
  }
}

for (const each of values['per-block'].split(',')) await measure(Number(each))
