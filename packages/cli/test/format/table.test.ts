import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { sizeText } from '../../src/format/size.ts'
import { factsText, tableText } from '../../src/format/table.ts'
import { durationText, rfc3339 } from '../../src/format/time.ts'

test('columns are as wide as needed, numbers to the right', () => {
  const text = tableText(
    ['Name', { title: 'Height', align: 'right' }],
    [
      ['north-hospital', '7'],
      ['Zürich', '12345678'],
    ],
  )
  equal(text, 'Name              Height\nnorth-hospital         7\nZürich          12345678')
  equal(tableText(['Name'], [], 'No contacts.'), 'No contacts.')
})

const record = [
  '2016-10-09',
  'laboratory',
  'Observation: Cholesterol in LDL [Mass/volume] in Serum',
  '1.2 KiB',
  'tv3fb43w',
]
const headings = ['Date', 'Compartment', 'Record', { title: 'Size', align: 'right' }, 'Id'] as const

test('on a narrow terminal cells break between words', () => {
  equal(
    tableText(headings, [record], undefined, 70),
    [
      'Date        Compartment  Record                         Size  Id',
      '2016-10-09  laboratory   Observation: Cholesterol    1.2 KiB  tv3fb43w',
      '                         in LDL [Mass/volume] in',
      '                         Serum',
    ].join('\n'),
  )
})

test('where even that is too wide each row is a paragraph, and every word whole', () => {
  equal(
    tableText(headings, [record], undefined, 40),
    [
      'Date  Compartment  Record  Size  Id',
      '2016-10-09  laboratory',
      '  Observation: Cholesterol in LDL',
      '  [Mass/volume] in Serum  1.2 KiB',
      '  tv3fb43w',
    ].join('\n'),
  )
  const natural = tableText(headings, [record])
  equal(tableText(headings, [record], undefined, 200), natural)
})

test('what comes from elsewhere cannot drive the terminal', () => {
  equal(factsText([['Name', 'a\u001b[2Jb\u202ec\nd']]), 'Name  a�[2Jb�c�d')
})

test('sizes and times', () => {
  equal([0, 1023, 1536, 200 * 1024 ** 2].map(sizeText), ['0 B', '1023 B', '1.5 KiB', '200 MiB'])
  equal([120, 4000, 300_000, 7_200_000].map(durationText), ['120 ms', '4 s', '5 min', '2 h'])
  equal(rfc3339(0), '1970-01-01T00:00:00Z')
})

test.run()
