// The daemon as a process of its own, as the command line starts it.
import { startDaemon } from '../../src/index.ts'

// Under --expose-gc: what is left when nothing is garbage, for a test that asks.
process.on('SIGUSR2', () => {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  process.stdout.write(`retained ${heapUsed + external}\n`)
})

const [home = ''] = process.argv.slice(2)
const daemon = await startDaemon({ home })
if (!daemon.ok) {
  process.stdout.write(`${JSON.stringify({ code: daemon.code, message: daemon.message })}\n`)
  process.exit(1)
}
const refusal = await daemon.value.ended
process.exit(refusal ? 1 : 0)
