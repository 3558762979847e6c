import { test } from 'uvu'
import { equal, match, not } from 'uvu/assert'
import type { QueryAnswer } from '../../src/querying/query-answer.ts'
import { renderAnswer } from '../../src/querying/render-answer.ts'

const base = { height: 9, purpose: 'HOPERAT', subjects: 12, licence: null }
const rows: QueryAnswer = {
  ...base,
  next: '100',
  rows: [
    { resourceType: 'Condition', id: '1', code: { text: 'a "quoted", term' } },
    { resourceType: 'Condition', id: '2', onsetDateTime: '2020', code: { coding: [{ code: '4' }] } },
  ],
}

test('rows as a table, as csv, as ndjson', () => {
  const table = renderAnswer(rows, 'table')
  match(table, /resourceType +id +code\.text/)
  match(table, /12 persons · HOPERAT · height 9 · more with --cursor 100/)
  equal(renderAnswer(rows, 'csv').split('\r\n'), [
    'resourceType,id,code.text,onsetDateTime,code.coding[0].code',
    'Condition,1,"a ""quoted"", term",,',
    'Condition,2,,2020,4',
    '',
  ])
  equal(renderAnswer(rows, 'ndjson'), `${rows.rows?.map((row) => JSON.stringify(row)).join('\n')}\n`)
})

test('a suppressed count is not told', () => {
  const hidden: QueryAnswer = {
    ...base,
    purpose: 'HRESCH',
    subjects: 0,
    licence: 'x',
    count: null,
    suppressed: true,
  }
  match(renderAnswer(hidden, 'table'), /^Count: < 11\n/)
  equal(renderAnswer(hidden, 'csv'), 'count\r\n\r\n')
  equal(renderAnswer({ ...base, count: 40 }, 'csv'), 'count\r\n40\r\n')
})

test('groups', () => {
  const groups: QueryAnswer = {
    ...base,
    groups: [
      { key: 's|1', count: 20 },
      { key: 's|2', count: null },
    ],
  }
  match(renderAnswer(groups, 'table'), /s\|1 +20\ns\|2 +< 11/)
  equal(renderAnswer(groups, 'csv'), 'key,count\r\ns|1,20\r\ns|2,\r\n')
})

test('what came from elsewhere cannot move the cursor', () => {
  not.match(renderAnswer({ ...base, rows: [{ id: 'a\u001b[2Jb' }] }, 'table'), /\u001b\[2J/)
})

test.run()
