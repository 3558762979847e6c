import fc from 'fast-check'
import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { countPersons, groupPersons, roundSubjects } from '../../src/research/count-persons.ts'
import { suppressCount, suppressTable } from '../../src/research/suppress.ts'

test('one to ten is not shown; zero and eleven are', () => {
  equal(suppressCount(0), { persons: 0, suppressed: false })
  for (const persons of [1, 5, 10]) equal(suppressCount(persons), { suppressed: true })
  equal(suppressCount(11), { persons: 11, suppressed: false })
})

const tableOf = (counts: number[]) =>
  suppressTable(
    counts.map((persons, index) => ({ key: `k${index}`, persons })),
    counts.reduce((sum, persons) => sum + persons, 0),
  )

const shownOf = (counts: number[]): unknown[] => {
  const table = tableOf(counts)
  return [...table.cells.map(({ persons }) => persons ?? '*'), table.total.persons ?? '*']
}

test('a lone suppressed cell takes a second one with it', () => {
  equal(shownOf([20, 30, 40]), [20, 30, 40, 90])
  equal(shownOf([5, 30, 20]), ['*', 30, '*', 55])
  equal(shownOf([5, 0, 20]), ['*', 0, '*', 25])
  equal(shownOf([5, 7, 20]), ['*', '*', 20, 32])
  equal(shownOf([1, 1, 30, 40]), ['*', '*', '*', 40, 72])
  equal(shownOf([5]), ['*', '*'])
  equal(shownOf([5, 0]), ['*', 0, '*'])
  equal(shownOf([3, 4]), ['*', '*', '*'])
  equal(shownOf([0, 0]), [0, 0, 0])
  equal(shownOf([]), [0])
})

test('no small cell is shown or left alone under a shown total', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40), { maxLength: 8 }), (counts) => {
      const { cells, total } = tableOf(counts)
      cells.forEach((cell, index) => {
        if (cell.persons !== undefined) ok(cell.persons === 0 || cell.persons >= 11)
        else ok((counts[index] ?? 0) > 0)
      })
      const hidden = counts.filter((_, index) => cells[index]?.suppressed)
      if (total.persons !== undefined && hidden.length > 0) {
        ok(hidden.length > 1)
        ok(hidden.reduce((sum, persons) => sum + persons, 0) >= 11)
      }
    }),
    { numRuns: 2000 },
  )
})

test('persons are counted once', () => {
  const rows = [
    { person: 'a', key: 'x' },
    { person: 'a', key: 'x' },
    { person: 'a', key: 'y' },
    { person: 'b', key: 'y' },
  ]
  is(countPersons(rows), 2)
  equal(groupPersons(rows), {
    cells: [
      { key: 'x', persons: 1 },
      { key: 'y', persons: 2 },
    ],
    total: 2,
  })
  equal([roundSubjects(14), roundSubjects(15), roundSubjects(0)], [10, 20, 0])
})

test.run()
