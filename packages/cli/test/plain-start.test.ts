import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { run } from '../../../test/harness/run-medchain.ts'
import { answerStatus, startFakeNode } from './client/fake-node.ts'

const FILES_MAX = 140
const HEAVY =
  /undici|\/(pino|sodium-native|lmdb|libp2p|@libp2p|fastify|prom-client|ink|react|@duckdb|tar-stream)\//

/** Writes the address of each module that a process loads to its standard error. */
const WATCH = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  const load = (url, context, next) => {
    process._rawDebug('module ' + url)
    return next(url, context)
  }
  registerHooks({ load })
  process.on('exit', () => {
    for (const each of process.moduleLoadList) if (each.includes('undici')) process._rawDebug('module ' + each)
  })
`)}`

test('a plain command loads little, and nothing of daemons and screens', async () => {
  const node = await startFakeNode(answerStatus)
  const home = await mkdtemp(path.join(tmpdir(), 'medchain-plain-'))
  const end = await run({ home, url: node.url }, ['node', 'status'], {
    env: { NODE_OPTIONS: `--import=${WATCH}` },
  })
  equal(end.code, 0, end.stderr)
  const modules = [...end.stderr.matchAll(/^module (.*)$/gm)].map(([, url = '']) => url)
  const files = modules.filter((url) => url.startsWith('file:'))
  ok(files.length > 20 && files.length < FILES_MAX, `${files.length} files`)
  equal(
    modules.filter((url) => HEAVY.test(url)),
    [],
  )
  await rm(home, { recursive: true })
  await node.close()
})

test.run()
