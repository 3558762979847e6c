// npm run bench:large-record -- [--megabytes 1000]: one large record in and out, killed in the middle each way.
import { parseArgs } from 'node:util'
import { measureLargeRecord } from './measure-large-record.ts'

const { values } = parseArgs({ options: { megabytes: { type: 'string', default: '1000' } } })
const megabytes = Number(values.megabytes)
const figures = await measureLargeRecord(megabytes)

const shown = (memory: ReadonlyMap<string, number>): string =>
  [...memory].map(([name, extra]) => `${name} ${Math.round(extra)}`).join(', ')

console.log(`record: ${megabytes} MB, random bytes`)
console.log(
  `import: killed with ${Math.round(figures.keptImportBytes / 1e6)} MB durable; the rest in ${figures.importSeconds.toFixed(1)} s`,
)
console.log(`  highest extra anonymous memory, MB: ${shown(figures.importMemory)}`)
console.log(
  `export: killed with ${Math.round(figures.keptExportBytes / 1e6)} MB in the part; the rest in ${figures.exportSeconds.toFixed(1)} s`,
)
console.log(`  highest extra anonymous memory, MB: ${shown(figures.exportMemory)}`)
console.log(
  `the part was taken for the record: ${figures.wasTakenForWhole}; the same bytes: ${figures.isSame}`,
)
process.exitCode = figures.isSame && !figures.wasTakenForWhole ? 0 : 1
