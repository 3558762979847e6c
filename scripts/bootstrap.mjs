// Node 18 syntax: this runs on whatever Node.js the machine has.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { passThrough, step } from './step.mjs'

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

const pnpm = 'pnpm@12.21.0'
const stamp = path.join(root, 'node_modules', '.medchain-install')

/** Installs when node_modules is missing or the lock file has changed since. */
export async function install() {
  const wanted = lockHash()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  await step('install', 'npx', ['--yes', pnpm, 'install', '--frozen-lockfile'], {
    cwd: root,
    env: { ...process.env, CI: 'true' },
    shell: process.platform === 'win32',
  })
  writeFileSync(stamp, wanted)
}

/** Path of the Node.js that runs everything else: the installed one, or this one if it is new enough. */
export function runtime() {
  const modules = path.join(root, 'node_modules')
  const bundled = readdirSync(modules)
    .filter((name) => /^node-(bin-)?(linux|darwin)-/.test(name))
    .map((name) => path.join(modules, name, 'bin', 'node'))
    // The Linux packages are built for glibc: on another libc the file is there and does not start.
    .find((file) => existsSync(file) && spawnSync(file, ['-v']).status === 0)
  if (bundled) return bundled
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath
  console.error(
    `MedChain needs Node.js 22.18 or newer; this is ${process.versions.node}, and there is no packaged runtime for ${process.platform}-${process.arch}. Install a newer Node.js and run this again.`,
  )
  process.exit(2)
}

export async function build() {
  const node = runtime()
  await step('build', node, [path.join(root, 'node_modules/typescript/bin/tsc'), '--build'], { cwd: root })
  await step('join', node, [path.join(root, 'scripts/join-modules.mjs')], { cwd: root })
}

/** Runs a script of this project with the right Node.js, which may be given flags; its exit code becomes ours. */
export async function handOver(script, args, flags = []) {
  const bin = path.join(root, 'node_modules', '.bin')
  process.exitCode = await passThrough(runtime(), [...flags, path.join(root, script), ...args], {
    cwd: root,
    env: { ...process.env, PATH: bin + path.delimiter + process.env.PATH },
  })
}

function lockHash() {
  const packages = readdirSync(path.join(root, 'packages')).map((name) => `packages/${name}/package.json`)
  const hash = createHash('sha256')
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...packages.sort()]) {
    if (existsSync(path.join(root, file))) hash.update(readFileSync(path.join(root, file)))
  }
  return hash.digest('hex')
}
