import type { Cell } from './suppress.ts'

export interface PersonRow {
  readonly person: string
  readonly key: string
}

export const countPersons = (rows: Iterable<{ readonly person: string }>): number => {
  const persons = new Set<string>()
  for (const { person } of rows) persons.add(person)
  return persons.size
}

/**
 * Distinct persons for each key, in the order of the keys, and in all. A person with several keys counts once
 * under each and once in the total.
 */
export const groupPersons = (
  rows: Iterable<PersonRow>,
): { readonly cells: readonly Cell[]; readonly total: number } => {
  const byKey = new Map<string, Set<string>>()
  const everyone = new Set<string>()
  for (const { person, key } of rows) {
    everyone.add(person)
    const persons = byKey.get(key)
    if (persons === undefined) byKey.set(key, new Set([person]))
    else persons.add(person)
  }
  const cells = [...byKey].map(([key, persons]) => ({ key, persons: persons.size }))
  return { cells: cells.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)), total: everyone.size }
}

/** The size of a cohort as it is told with an answer: to the nearest ten. */
export const roundSubjects = (subjects: number): number => Math.round(subjects / 10) * 10
