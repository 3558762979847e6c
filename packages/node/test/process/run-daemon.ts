// The daemon as a process of its own, as the command line starts it.
import { startDaemon } from '../../src/index.ts'

const [home = ''] = process.argv.slice(2)
const daemon = await startDaemon({ home })
if (!daemon.ok) {
  process.stdout.write(`${JSON.stringify({ code: daemon.code, message: daemon.message })}\n`)
  process.exit(1)
}
const refusal = await daemon.value.ended
process.exit(refusal ? 1 : 0)
