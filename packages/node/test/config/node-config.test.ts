import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'uvu'
import { equal, match, ok } from 'uvu/assert'
import { type Environment, readNodeConfig, splitEndpoint } from '../../src/config/index.ts'
import { stripComments } from '../../src/config/strip-comments.ts'

const GOOD = `{
  // A comment, and "quotes" in it
  "name": "North // not a comment", /* block
  comment */ "role": "hospital",
  "listen": ["/ip4/127.0.0.1/tcp/7840"],
  "api": "127.0.0.1:7740"
}`

const readText = async (text: string | undefined, environment: Environment = {}) => {
  const home = await mkdtemp(path.join(tmpdir(), 'medchain-config-'))
  try {
    if (text !== undefined) await writeFile(path.join(home, 'node.json'), text)
    return await readNodeConfig(home, environment)
  } finally {
    await rm(home, { recursive: true })
  }
}

test('comments go, strings and line numbers stay', () => {
  equal(stripComments('{"a": "// b" // c\n}'), '{"a": "// b"     \n}')
  equal(stripComments('/* a\n b */1'), '    \n     1')
})

test('a commented configuration is read, and the environment stands above it', async () => {
  const read = await readText(GOOD, {
    MEDCHAIN_API: '0.0.0.0:80',
    MEDCHAIN_LISTEN: '/ip4/1.2.3.4/tcp/1,/ip4/1.2.3.4/tcp/2',
  })
  ok(read.ok)
  equal(read.value.name, 'North // not a comment')
  equal(read.value.api, '0.0.0.0:80')
  equal(read.value.listen, ['/ip4/1.2.3.4/tcp/1', '/ip4/1.2.3.4/tcp/2'])
  equal([read.value.sponsorPolicy, read.value.logLevel, read.value.isValidator], ['token', 'info', true])
})

for (const [what, text, code, words] of [
  ['a missing file', undefined, 'config.missing', /does not exist/],
  ['no JSON', '{"name": ', 'config.damaged', /not readable as JSON/],
  ['no object', '[]', 'config.damaged', /JSON object/],
  ['an unknown key', GOOD.replace('"api"', '"apii"'), 'config.unknown-key', /"apii"/],
  ['a missing key', GOOD.replace(/"role".*/, ''), 'config.missing', /"role"/],
  ['a wrong value', GOOD.replace('7740', '77400'), 'config.damaged', /"api"/],
  ['a wrong type', GOOD.replace('"hospital"', '7'), 'config.damaged', /"role"/],
] as const) {
  test(`${what} is ${code}`, async () => {
    const read = await readText(text)
    ok(!read.ok)
    equal(read.code, code)
    match(read.message, words)
  })
}

test('endpoints are host and port', () => {
  equal(splitEndpoint('[::1]:7740'), { ok: true, value: { host: '::1', port: 7740 } })
  equal(splitEndpoint('localhost').ok, false)
})

test.run()
