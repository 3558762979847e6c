import { ask } from '../../test/harness/run-medchain.ts'
import { withPeople } from '../records/people-stage.ts'
import { quantile } from '../report/quantile.ts'
import type { Scenario } from './scenario.ts'
import { timesOf } from './times.ts'

const COMMANDS = 21
const QUICK_COMMANDS = 5

/** `medchain node status`, from the start of its process to its end. */
export const command: Scenario = (pace) =>
  withPeople(pace, async ({ network }) => {
    const seat = { home: network.dir, url: network.daemons[0]?.apiUrl ?? '' }
    const plain = () => ask(seat, ['node', 'status'])
    await plain()
    const taken = await timesOf(pace.isQuick ? QUICK_COMMANDS : COMMANDS, plain)
    const [p50, p95] = [quantile(taken, 0.5), quantile(taken, 0.95)]
    pace.say(`a plain command: p50 ${Math.round(p50)} ms, p95 ${Math.round(p95)} ms`)
    const scenario = 'command'
    return [
      { scenario, name: 'a plain command, start to exit: p50', value: p50, unit: 'ms', atMost: 250 },
      { scenario, name: 'a plain command, start to exit: p95', value: p95, unit: 'ms' },
    ]
  })
