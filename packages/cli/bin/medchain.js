#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `medchain needs Node.js 22.18 or newer and runs on ${process.versions.node}; install a newer Node.js and try again.`,
  )
  process.exit(2)
}
// Node.js keeps compiled code in its own cache folder: the next command starts in about two thirds of the time.
const { enableCompileCache } = await import('node:module')
enableCompileCache()
await import('../dist/bin.js')
