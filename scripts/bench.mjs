import { build, handOver, install } from './bootstrap.mjs'

await install()
await build()
await handOver('bench/main.ts', process.argv.slice(2))
