// Node 18 syntax.
import { spawn } from 'node:child_process'

/** Runs a command quietly under one progress line; on failure shows its output and ends the process. */
export async function step(name, command, args, options) {
  const started = Date.now()
  if (process.stdout.isTTY) process.stdout.write(`${name} …`)
  const { code, output } = await capture(command, args, options)
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  if (process.stdout.isTTY) process.stdout.write('\r')
  console.log(`${name} ${code === 0 ? 'done' : 'failed'} in ${seconds} s`)
  if (code === 0) return
  process.stderr.write(output)
  process.exit(1)
}

/** Runs a command and returns its exit code and everything it printed. */
export function capture(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks = []
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.stderr.on('data', (chunk) => chunks.push(chunk))
    child.on('error', (error) => resolve({ code: 1, output: `${command}: ${error.message}\n` }))
    child.on('close', (code) =>
      resolve({ code: code === null ? 1 : code, output: Buffer.concat(chunks).toString() }),
    )
  })
}

/** Runs a command on this terminal, hands signals on to it, and returns its exit code. */
export function passThrough(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: 'inherit' })
    // A terminal sends ^C to the child too: only wait for it.
    process.on('SIGINT', () => undefined)
    process.on('SIGTERM', () => child.kill('SIGTERM'))
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`)
      resolve(1)
    })
    child.on('exit', (code, signal) => resolve(signal ? 1 : code))
  })
}
