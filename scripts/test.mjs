import { build, handOver, install } from './bootstrap.mjs'

const args = process.argv.slice(2)
await install()
// Core and node run from source; only what starts the medchain command needs the build.
if (!args.includes('--no-build')) await build()
await handOver(
  'scripts/run-tests/main.ts',
  args.filter((arg) => arg !== '--no-build'),
)
