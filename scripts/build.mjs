import { rmSync } from 'node:fs'
import path from 'node:path'
import { build, install, root } from './bootstrap.mjs'

if (process.argv.includes('--clean')) {
  for (const name of ['core', 'node', 'cli'])
    rmSync(path.join(root, 'packages', name, 'dist'), { recursive: true, force: true })
}
await install()
await build()
