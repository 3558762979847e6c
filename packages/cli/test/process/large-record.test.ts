// timeout: 600s
// Real daemons and real commands: a large record streams, and what is killed midway goes on where it stopped.
import { test } from 'uvu'
import { is, ok } from 'uvu/assert'
import { measureLargeRecord } from '../../../../bench/records/measure-large-record.ts'

const MEGABYTES = 64
/** Above what a process had before; a daemon that held the record and a copy of it would need twice its size. */
const EXTRA_MB_MAX = 1.5 * MEGABYTES

const figures = measureLargeRecord(MEGABYTES)

test('an import and an export that were killed go on behind what they had, to the same bytes', async () => {
  const { isSame, wasTakenForWhole, keptImportBytes, keptExportBytes } = await figures
  ok(isSame)
  is(wasTakenForWhole, false)
  for (const kept of [keptImportBytes, keptExportBytes]) ok(kept > 0.4 * MEGABYTES * 1e6, String(kept))
})

test('nobody on the way holds the record in memory', async () => {
  const { importMemory, exportMemory } = await figures
  for (const memory of [importMemory, exportMemory]) {
    ok(memory.size >= 4)
    for (const [name, extra] of memory)
      ok(extra < EXTRA_MB_MAX, `${name}: ${Math.round(extra)} MB for a record of ${MEGABYTES} MB`)
  }
})

test.run()
