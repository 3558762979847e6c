import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'uvu'
import { equal, match, ok } from 'uvu/assert'
import { shownRun } from '../../bench/report/benchmarks-page.ts'
import { readHistory, runsFromText } from '../../bench/report/history.ts'
import { lineChart } from '../../bench/report/line-chart.ts'
import { documentFiles } from '../../bench/report/write-document.ts'
import { run } from './made-run.ts'

const DOCS = path.resolve(import.meta.dirname, '../../docs')

test('the document is what the script makes of the history', async () => {
  for (const [name, text] of documentFiles(await readHistory()))
    equal(await readFile(path.join(DOCS, name), 'utf8'), text, `${name}: npm run bench:document writes it`)
})

test('a history names no host and no path', async () => {
  for (const { machine, ...rest } of await readHistory()) {
    equal(Object.keys(machine).sort(), ['cores', 'memoryGigabytes', 'processor', 'system'])
    ok(!/\/(home|work|tmp|root|Users)\b/.test(JSON.stringify(rest)))
  }
})

test('a run of full length is shown before a newer quick one', () => {
  const full = run('2026-11-01T00:00:00Z')
  const partly = run('2026-11-02T00:00:00Z', { scenarios: ['healthy'] })
  const quick = run('2026-11-03T00:00:00Z', { quick: true })
  equal(shownRun([full, partly, quick])?.at, full.at)
  equal(shownRun([partly, quick])?.at, partly.at)
  equal(shownRun([]), undefined)
})

test('a newer run in which a scenario failed is shown, not hidden behind one that went well', () => {
  const whole = run('2026-11-01T00:00:00Z', { scenarios: ['healthy', 'overload', 'query'], failed: [] })
  const failing = run('2026-11-02T00:00:00Z')
  equal(shownRun([whole, failing])?.at, failing.at)
})

test('a document has targets with verdicts, the curve beside the others, and earlier runs', () => {
  const runs = [run('2026-11-01T00:00:00Z'), run('2026-11-02T00:00:00Z')]
  const files = documentFiles(runsFromText(runs.map((each) => `${JSON.stringify(each)}\n`).join('')))
  const page = files.get('benchmarks.md') ?? ''
  match(page, '| healthy | single submissions | 1,500 per second | ≥ 2,000 | **missed** | 0.1 |')
  match(page, '| healthy | 200/s: p50 | 22.5 ms | ≤ 30 | held | 75 |')
  match(page, '| MedChain | 200 | 199 | 22.5 | 41 |  |')
  match(page, '| MedChain | 3,000 | 1,500 | – | – | 40 refused |')
  match(page, '| healthy | single submissions, per second | ≥ 2,000 | 1,500 | 1,500 |')
  match(page, 'The machine was busy')
  match(page, 'Scenarios that failed: query.')
  const chart = files.get('benchmarks-latency.svg') ?? ''
  match(chart, /^<svg [^\n]+>\n[\s\S]+<\/svg>\n$/)
  for (const name of ['MedChain, p50', 'MedChain, p95', 'CometBFT 0.38, p50', 'Fabric, BFT orderer, p95'])
    match(chart, `>${name}</text>`)
  ok(!/NaN|Infinity|undefined/.test(chart + page))
  equal((chart.match(/<polyline [^>]*stroke-dasharray/g) ?? []).length, 4)
})

test('the history has a chart once two runs of full length can be compared', () => {
  const [first, second] = [run('2026-11-01T00:00:00Z'), run('2026-11-02T00:00:00Z')]
  equal(documentFiles([first, run('2026-11-02T00:00:00Z', { quick: true })]).size, 2)
  const files = documentFiles([first, second])
  match(files.get('benchmarks-history.svg') ?? '', '>healthy</text>')
  match(files.get('benchmarks.md') ?? '', '(benchmarks-history.svg)')
})

test('a chart of one value that is a line of the grid has places for everything', () => {
  const points = [{ x: 1, y: 1 }]
  const series = [{ name: 'a < b', colour: '#000000', isDashed: false, points }]
  const chart = lineChart({ title: 'one', xTitle: 'x', yTitle: 'y', series })
  ok(!chart.includes('NaN'))
  match(chart, '>a &lt; b</text>')
})

test.run()
