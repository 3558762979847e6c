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

test('what comes from elsewhere cannot drive the terminal', () => {
  equal(factsText([['Name', 'a\u001b[2Jb\u202ec\nd']]), 'Name  a�[2Jb�c�d')
})

test('sizes and times', () => {
  equal([0, 1023, 1536, 200 * 1024 ** 2].map(sizeText), ['0 B', '1023 B', '1.5 KiB', '200 MiB'])
  equal([120, 4000, 300_000, 7_200_000].map(durationText), ['120 ms', '4 s', '5 min', '2 h'])
  equal(rfc3339(0), '1970-01-01T00:00:00Z')
})

test.run()
