import { build, handOver, install } from './bootstrap.mjs'

await install()
await build()
await handOver('scripts/story/main.mjs', process.argv.slice(2))
