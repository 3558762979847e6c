import { build, handOver, install } from './bootstrap.mjs'

const [entry, ...args] = process.argv.slice(2)
await install()
await build()
// Clients run from source, daemons and commands as they are built.
await handOver(entry, args, ['--conditions=medchain-source'])
