// npm run bench:large-record -- --help
import { askedOrEnd } from './arguments.ts'
import { measureLargeRecord } from './records/measure-large-record.ts'

const { megabytes } = askedOrEnd({
  help: `npm run bench:large-record -- [--megabytes 1000]

One large record in and out again by the real commands, each killed in the middle once: time, memory, what was kept.`,
  numbers: { megabytes: 1000 },
  switches: [],
})
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
