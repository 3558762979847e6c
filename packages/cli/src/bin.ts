import { homedir } from 'node:os'
import { runProgram } from './program.ts'

const env = { ...process.env }
// Children and later readers of the environment do not get it.
delete process.env['MEDCHAIN_PASSPHRASE']

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader of a pipe left: nobody is there to be told.
    process.exit(error.code === 'EPIPE' ? 0 : 1)
  })
}

process.exitCode = await runProgram(process.argv.slice(2), {
  env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  homeFolder: homedir(),
  now: Date.now,
})
