// npm run bench:document: docs/benchmarks.md and its chart, anew from bench/history.jsonl.
import { readHistory } from './report/history.ts'
import { writeDocument } from './report/write-document.ts'

await writeDocument(await readHistory())
