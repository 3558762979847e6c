// Format, lint, types and tidiness, side by side; prints the output of what failed.
import path from 'node:path'
import { install, root, runtime } from './bootstrap.mjs'
import { capture } from './step.mjs'

await install()
const modules = path.join(root, 'node_modules')
const checks = [
  [
    'format and lint',
    path.join(modules, '@biomejs/biome/bin/biome'),
    'ci',
    '--colors=off',
    '--error-on-warnings',
    '.',
  ],
  ['types', path.join(modules, 'typescript/bin/tsc'), '--build', 'tsconfig.check.json'],
  ['tidy', '--conditions=medchain-source', path.join(root, 'test/tidy.test.ts')],
]
const started = Date.now()
const results = await Promise.all(
  checks.map(async ([name, ...args]) => ({ name, ...(await capture(runtime(), args, { cwd: root })) })),
)
for (const { name, code, output } of results) {
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name}`)
  if (code !== 0) process.stdout.write(output)
}
console.log(`checked in ${((Date.now() - started) / 1000).toFixed(1)} s`)
process.exitCode = results.some(({ code }) => code !== 0) ? 1 : 0
