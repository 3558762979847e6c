import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { breakThings } from './chapters/break-things.ts'
import { disclose } from './chapters/disclose.ts'
import { enrolPeople } from './chapters/enrol-people.ts'
import { research } from './chapters/research.ts'
import { type Consortium, startConsortium, stopConsortium } from './chapters/start-consortium.ts'
import { say } from './stage.ts'

const isKept = process.argv.includes('--keep')
/** Where commands look for a node unless told otherwise. */
const USUAL_URL = 'http://127.0.0.1:7740'

const farewell = ({ dir, url }: Consortium): void => {
  const node = url['north-hospital'] === USUAL_URL ? '' : ` --node ${url['north-hospital']}`
  say('')
  say('That was the main job, with real processes and real commands.')
  if (isKept) {
    say(`The network runs on. Its homes are in ${dir}; try:`)
    say(`  npx medchain node status${node}`)
    say(`  npx medchain node dashboard${node}`)
    say(`  npx medchain network down --dir ${dir}   # ends it; the folder stays until you delete it`)
  } else {
    say('Next: npm start -- --keep leaves the network running; README.md tells how to set up four machines.')
  }
}

const play = async (): Promise<void> => {
  const startedMs = performance.now()
  const dir = await mkdtemp(path.join(tmpdir(), 'medchain-story-'))
  const consortium = await startConsortium(dir)
  let isDone = false
  const stop = async (): Promise<void> => {
    if (isKept && isDone) return
    await stopConsortium(dir)
    await rm(dir, { recursive: true, force: true })
  }
  const interrupted = (): void => {
    stop().finally(() => process.exit(130))
  }
  process.once('SIGINT', interrupted)
  process.once('SIGTERM', interrupted)
  try {
    const people = await enrolPeople(consortium)
    const grant = await disclose(consortium, people)
    await research(people)
    await breakThings(consortium, people, grant)
    isDone = true
    say('')
    say(`Story told in ${Math.round((performance.now() - startedMs) / 1000)} s.`)
    farewell(consortium)
  } finally {
    process.off('SIGINT', interrupted)
    process.off('SIGTERM', interrupted)
    await stop()
  }
}

try {
  await play()
} catch (error) {
  say('')
  say(`The story broke off: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
