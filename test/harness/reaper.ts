// node reaper.ts DIR: waits until the test that started it is gone, even killed; then ends the daemons that
// still run below DIR and removes it. Daemons are in no process group of the test's.
import { existsSync, rmSync } from 'node:fs'
import { daemonsBelow, killDaemons } from './daemons.ts'

const [dir = ''] = process.argv.slice(2)

process.stdin.resume().on('close', () => {
  if (!existsSync(dir)) return
  killDaemons(daemonsBelow(dir))
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
})
