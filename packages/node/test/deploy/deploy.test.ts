// What deploy/ and the operator's guide say, held against the program.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'uvu'
import { equal, match, not, ok } from 'uvu/assert'
import { notRun } from '../../../../test/not-run.ts'
import { createLocalNetwork } from '../../src/config/index.ts'
import { STORAGE_DEFAULTS } from '../../src/config/node-config.ts'
import { nodeConfigText } from '../../src/config/node-template.ts'
import { createMetrics } from '../../src/metrics/index.ts'
import { commandsOf, faultsOf, runMedchain } from './commands-of.ts'
import { filesBelow, found, root, sourceOf, textOf } from './project-files.ts'
import { metricsOf } from './promql.ts'

const require = createRequire(import.meta.url)
// The reader of YAML that the API's own documentation plug-in brings along.
const yaml = createRequire(require.resolve('@fastify/swagger'))('yaml') as {
  parse: (text: string, options?: { readonly merge: boolean }) => unknown
}
const yamlOf = <T>(file: string): T => yaml.parse(textOf(file), { merge: true }) as T

const GUIDE = 'docs/guides/operate.md'
const UNIT = 'deploy/medchain.service'
const pages = [...filesBelow('docs/guides'), 'docs/threat-model.md']
const deployed = filesBelow('deploy')
const written = [...pages, ...deployed].map((file) => ({ file, text: textOf(file) }))

interface Service {
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly user?: string
  readonly network_mode?: string
}

const none = (faults: readonly string[]): void => equal(faults, [])

const inTemporaryFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'medchain-deploy-'))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('the compose file runs the institutions of a local network, published on loopback only', async () => {
  const { services } = yamlOf<{ readonly services: Readonly<Record<string, Service>> }>('deploy/compose.yaml')
  await inTemporaryFolder(async (dir) => {
    const network = await createLocalNetwork({ dir, validators: 4, basePort: 7740 })
    ok(network.ok)
    for (const { name, apiPort, home } of network.value.nodes) {
      const service = services[name]
      ok(service, name)
      equal(service.environment?.['MEDCHAIN_HOME'], `/consortium/${name}`)
      equal(service.environment?.['MEDCHAIN_API'], `0.0.0.0:${apiPort}`)
      equal(service.network_mode, 'service:wire')
      ok(service.volumes?.some((volume) => volume.endsWith(`/${name}:/consortium/${name}`)))
      ok(service.volumes?.some((volume) => volume.endsWith('/genesis.json:/consortium/genesis.json:ro')))
      match(await readFile(path.join(home, 'node.json'), 'utf8'), '"genesis": "../genesis.json"')
    }
    const ports = network.value.nodes.map(({ apiPort }) => `127.0.0.1:${apiPort}:${apiPort}`)
    equal(services['wire']?.ports, ports)
    equal(Object.keys(services).sort(), ['wire', ...network.value.nodes.map(({ name }) => name)].sort())
  })
  ok(Object.values(services).every(({ user }) => user !== undefined && !/^\W*(0|root)\b/.test(user)))
})

test('the image is built with the pinned tools from files that exist, and holds no secret', () => {
  const image = textOf('deploy/Dockerfile')
  const pinned = /pnpm@[\d.]+/.exec(textOf('scripts/bootstrap.mjs'))?.[0] ?? 'no pnpm'
  ok(image.includes(`npx --yes ${pinned}"`), pinned)
  equal(found(image, /^FROM node:(\d+)-bookworm-slim/gm), ['24'])
  const copied = [...image.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, files = '']) =>
    files.split(' '),
  )
  ok(copied.length > 5)
  none(copied.filter((file) => !existsSync(path.join(root, file))))
  const admitted = found(textOf('deploy/Dockerfile.dockerignore'), /^!(\S+)$/gm)
  none(copied.filter((file) => !admitted.includes(file.split('/')[0] ?? '')))
  match(image, /^USER node$/m)
  not.match(image, /(PASSPHRASE|SECRET|TOKEN)\b.*=/)
})

test('the health check of the image asks whether the node is ready', async () => {
  const line = /^HEALTHCHECK .* CMD (\[.*\])$/m.exec(textOf('deploy/Dockerfile'))?.[1] ?? '[]'
  const [program, ...args] = JSON.parse(line) as string[]
  equal(program, 'node')
  let status = 200
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/ready' ? status : 404).end()
  })
  // A check that fails must not keep this process alive.
  server.unref()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const check = (): Promise<number | null> => {
    const child = spawn(process.execPath, args, { env: { MEDCHAIN_API: `0.0.0.0:${port}` }, stdio: 'ignore' })
    return new Promise((resolve) => child.once('exit', resolve))
  }
  equal(await check(), 0)
  status = 503
  equal(await check(), 1)
  server.close()
  server.closeAllConnections()
  equal(await check(), 1)
})

const isThere = (program: string): boolean => spawnSync(program, ['--version']).status === 0

if (!isThere('systemd-analyze')) notRun('systemd-analyze is not installed')
else {
  test('systemd accepts the unit', async () => {
    await inTemporaryFolder(async (folder) => {
      const file = path.join(folder, 'medchain.service')
      await writeFile(file, textOf(UNIT).replace('/opt/medchain/node_modules/.bin/node', process.execPath))
      const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], {
        encoding: 'utf8',
      })
      equal({ status, said: `${stdout}${stderr}`.trim() }, { status: 0, said: '' })
    })
  })
}

test('the unit starts what is there, and gives the node the time it takes to end', () => {
  const unit = textOf(UNIT)
  none(
    found(unit, /\/opt\/medchain\/((?:packages|docs)\/[\w./-]+)/g).filter(
      (file) => !existsSync(path.join(root, file)),
    ),
  )
  const drainMs = Number(
    /DRAIN_MS = ([\d_]+)/.exec(textOf('packages/node/src/daemon.ts'))?.[1]?.replace('_', ''),
  )
  ok(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]) * 1000 > drainMs)
})

test('a passphrase file as systemd hands it over opens the keys', async () => {
  await inTemporaryFolder(async (folder) => {
    const file = path.join(folder, 'passphrase')
    await writeFile(file, 'a passphrase of a service\n')
    await chmod(file, 0o440)
    const args = ['--home', path.join(folder, 'home'), '--passphrase-file', file, '--json']
    const made = JSON.parse(
      await runMedchain(['node', 'init', '--name', 'North', '--role', 'hospital', ...args]),
    )
    equal(made.name, 'North')
  })
})

const alerts = () =>
  yamlOf<{
    readonly groups: readonly {
      readonly rules: readonly {
        alert: string
        expr: string
        annotations: Readonly<Record<string, string>>
      }[]
    }[]
  }>('deploy/prometheus/alerts.yml').groups.flatMap(({ rules }) => rules)

interface Dashboard {
  readonly panels: readonly { title: string; description: string; targets: readonly { expr: string }[] }[]
}

test('every metric of the alerts and the dashboard exists', async () => {
  const dashboard = JSON.parse(textOf('deploy/grafana/medchain.json')) as Dashboard
  const targets = dashboard.panels.flatMap((panel) => panel.targets)
  const expressions = [...alerts(), ...targets].map(({ expr }) => expr)
  const named = [...new Set(expressions.flatMap(metricsOf))]
  ok(named.length > 15, 'expressions are read')
  const own = new Set(found(sourceOf('node'), /'(medchain_[a-z0-9_]+)'/g))
  const ofProcess = new Set(found(await createMetrics().text(), /^# TYPE (\w+)/gm))
  const isKnown = (name: string): boolean =>
    own.has(name) ||
    own.has(name.replace(/_(bucket|sum|count)$/, '')) ||
    ofProcess.has(name) ||
    // Prometheus' own, and those of node_exporter.
    name === 'up' ||
    /^node_(filesystem|timex)_[a-z_]+$/.test(name)
  none(named.filter((name) => !isKnown(name)))
})

test('every alert says what is wrong and what to do', () => {
  ok(alerts().length > 5)
  none(
    alerts()
      .filter(({ annotations }) => !annotations['summary'] || !annotations['action'])
      .map(({ alert }) => alert),
  )
})

test('Prometheus finds its rules and asks the usual port', () => {
  const file = 'deploy/prometheus/prometheus.yml'
  const { rule_files: rules } = yamlOf<{ readonly rule_files: readonly string[] }>(file)
  none(rules.filter((rule) => !existsSync(path.join(root, path.dirname(file), rule))))
  for (const each of [file, 'packages/cli/src/commands/node/init.ts']) match(textOf(each), '127.0.0.1:7740')
})

test('every command and option that is written down exists', async () => {
  const commands = written.flatMap(({ file, text }) =>
    commandsOf(text).map((command) => ({ ...command, line: `${file}: ${command.line}` })),
  )
  ok(commands.length > 10, 'commands are found')
  none((await Promise.all(commands.map(faultsOf))).flat())
})

test('every setting is documented, and nothing else', () => {
  const config = {
    name: 'North',
    role: 'hospital' as const,
    isValidator: true,
    listen: [],
    announce: [],
    api: '127.0.0.1:7740',
    genesis: undefined,
    passphraseFile: undefined,
    sponsorPolicy: 'token' as const,
    part2Program: false,
    logLevel: 'info' as const,
    storage: STORAGE_DEFAULTS,
  }
  const keys = found(nodeConfigText(config), /^ {2}(?:\/\/ )?"(\w+)":/gm).sort()
  equal(found(textOf(GUIDE), /^\| `"(\w+)"` \|/gm).sort(), keys)
  const source = sourceOf('node', 'cli')
  const variables = written.flatMap(({ text }) => found(text, /MEDCHAIN_[A-Z_]+/g))
  ok(variables.length > 8)
  none(variables.filter((name) => !source.includes(name)))
  none(
    found(textOf('packages/node/src/config/node-config.ts'), /'(MEDCHAIN_\w+)'/g).filter(
      (name) => !textOf(GUIDE).includes(name),
    ),
  )
})

test('every code and path of the API that the pages name exists', () => {
  const source = sourceOf('core', 'node', 'cli')
  const domains = new Set(found(source, /['`]([a-z]+(?:-[a-z]+)*)\.[a-z]+(?:-[a-z]+)*['`]/g))
  const isFile = (name: string): boolean => /\.(json|jsonl|pid|keystore|service|md|wal)$/.test(name)
  for (const { file, text } of written) {
    const codes = found(text, /`([a-z-]+\.[a-z-]+)`/g).filter((code) => !isFile(code))
    none(
      codes
        .filter((code) => !domains.has(code.split('.')[0] ?? '') || !source.includes(`'${code}'`))
        .map((code) => `${file}: ${code}`),
    )
  }
  const routes = sourceOf('node')
  none(
    found(textOf(GUIDE), /`(?:GET )?(\/(?:health|ready|metrics|openapi)[a-z.]*)`/g).filter(
      (route) => !routes.includes(`'${route}'`),
    ),
  )
})

test('messages of the log that the guide names are logged', () => {
  const source = sourceOf('core', 'node')
  const messages = found(textOf(GUIDE), /(?:message|line) `([^`]+)`/g)
  ok(messages.length > 1)
  none(messages.filter((message) => !source.includes(`'${message}'`)))
})

test('links between the pages lead somewhere', () => {
  for (const page of pages) {
    const links = found(textOf(page), /\]\(([^)#]+)[^)]*\)/g).filter((link) => !link.startsWith('http'))
    none(
      links
        .filter((link) => !existsSync(path.join(root, path.dirname(page), link)))
        .map((link) => `${page}: ${link}`),
    )
  }
})

test('the guide names files of deploy/ that exist', () => {
  none(found(textOf(GUIDE), /`(deploy\/[\w./-]+)`/g).filter((file) => !deployed.includes(file)))
})

test.run()
