// Core and node have hundreds of modules each, and a command would spend more time on finding and reading them than on its
// work. What other packages import of them becomes one file each, beside it what is loaded only when needed.
import { readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const packages = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../packages')

/** Joins a package as `tsc` built it; `libraries` are bundled too or stay external. */
const join = async (name, libraries) => {
  const outdir = path.join(packages, name, 'dist/joined')
  const { metafile } = await build({
    entryPoints: [path.join(packages, name, 'dist/index.js')],
    outdir,
    bundle: true,
    splitting: true,
    packages: libraries,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    sourcemap: true,
    metafile: true,
    logLevel: 'warning',
  })
  const made = Object.keys(metafile.outputs).map((file) => path.basename(file))
  for (const file of readdirSync(outdir)) if (!made.includes(file)) rmSync(path.join(outdir, file))
}

await Promise.all([join('core', 'bundle'), join('node', 'external')])
