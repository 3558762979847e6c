// npm run bench -- --help
import { loadavg } from 'node:os'
import { endOnSignals } from './ended-by-signals.ts'
import { askedBy, helpText } from './options.ts'
import { runBench } from './run.ts'
import { SCENARIOS } from './scenarios/index.ts'

endOnSignals()
const asked = askedBy(process.argv.slice(2), Object.keys(SCENARIOS))
if (asked.type === 'help') console.log(helpText(Object.keys(SCENARIOS)))
else if (asked.type === 'refused') {
  console.error(asked.sentence)
  process.exitCode = 2
} else await runBench(asked.options, loadavg()[0] ?? 0)
