#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `medchain needs Node.js 22.18 or newer and runs on ${process.versions.node}; install a newer Node.js and try again.`,
  )
  process.exit(2)
}
await import('../dist/bin.js')
