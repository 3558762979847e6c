import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ownNodeUrl } from '../../src/client/own-node.ts'
import { CommandError } from '../../src/command-error.ts'

const withHome = async (
  content: string | undefined,
  look: (home: string) => Promise<void>,
): Promise<void> => {
  const home = await mkdtemp(path.join(tmpdir(), 'medchain-own-node-'))
  try {
    if (content !== undefined) await writeFile(path.join(home, 'node.json'), content)
    await look(home)
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

test('a home without a node names none', () =>
  withHome(undefined, async (home) => {
    assert.is(await ownNodeUrl(home, {}), undefined)
  }))

test('the node of a home is reached where its node.json says, on this machine', () =>
  withHome(
    '{ "name": "North Hospital", "role": "hospital", "listen": ["/ip4/127.0.0.1/tcp/7840"], "api": "0.0.0.0:7999" }',
    async (home) => {
      assert.is(await ownNodeUrl(home, {}), 'http://127.0.0.1:7999')
    },
  ))

test('a damaged node.json is named, not passed over', () =>
  withHome('{ "api": ', async (home) => {
    const error = await ownNodeUrl(home, {}).catch((failure: unknown) => failure)
    assert.instance(error, CommandError)
    assert.is((error as CommandError).code, 'config.damaged')
  }))

test.run()
