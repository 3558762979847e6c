// npm run bench -- [--quick] [--scenario healthy,overload] [--record]
import { availableParallelism, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { measureCeiling } from './machine/ceiling.ts'
import type { Figure } from './report/figure.ts'
import { appendHistory } from './report/history.ts'
import { ceilingText, tableOf } from './report/table.ts'
import { SCENARIOS } from './scenarios/index.ts'
import type { Pace } from './scenarios/scenario.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    scenario: { type: 'string', default: '' },
    record: { type: 'boolean', default: false },
  },
})
const isQuick = values.quick
const names = values.scenario === '' ? Object.keys(SCENARIOS) : values.scenario.split(',')
const unknown = names.filter((name) => !(name in SCENARIOS))
if (unknown.length > 0) {
  console.error(`There is no scenario ${unknown.join(', ')}; there are ${Object.keys(SCENARIOS).join(', ')}.`)
  process.exit(2)
}
const pace: Pace = {
  isQuick,
  spanMs: isQuick ? 4_000 : 20_000,
  warmUpMs: isQuick ? 2_000 : 5_000,
  say: (line) => console.log(`  ${line}`),
}
const loadBefore = loadavg()[0] ?? 0
const ceiling = await measureCeiling(availableParallelism())
console.log(ceilingText(ceiling))
if (loadBefore > 0.5)
  console.log(`The machine is busy with other work (load ${loadBefore.toFixed(1)}): every figure suffers.`)
const figures: Figure[] = []
for (const name of names) {
  console.log(name)
  figures.push(...(await (SCENARIOS[name] as (typeof SCENARIOS)[string])(pace)))
}
console.log(`\n${tableOf(figures, ceiling)}`)
if (values.record)
  console.log(`recorded in ${await appendHistory(figures, ceiling, { isQuick, loadBefore })}`)
