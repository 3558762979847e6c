/** The smallest count of persons that may be shown, other than zero (CMS cell size policy). */
export const CELL_MIN_PERSONS = 11

/** A count as it may be shown; `persons` is absent when it is suppressed. */
export interface ShownCount {
  readonly persons?: number
  readonly suppressed: boolean
}

export interface Cell {
  readonly key: string
  readonly persons: number
}

export interface ShownCell extends ShownCount {
  readonly key: string
}

export interface ShownTable {
  readonly cells: readonly ShownCell[]
  readonly total: ShownCount
}

const isSmall = (persons: number): boolean => persons > 0 && persons < CELL_MIN_PERSONS

const shown = (persons: number): ShownCount => ({ persons, suppressed: false })

/** A single count of distinct persons: zero and eleven upwards are shown. */
export const suppressCount = (persons: number): ShownCount =>
  isSmall(persons) ? { suppressed: true } : shown(persons)

/**
 * A table of counts with its total. Cells of 1 to 10 are suppressed; then, while what is suppressed could be
 * had by subtracting the shown cells from the total (one cell alone, or fewer than 11 persons together), the
 * smallest shown cell above zero is suppressed too; when none is left, the total is.
 * Differences between the answers of several queries are not prevented here.
 */
export const suppressTable = (cells: readonly Cell[], total: number): ShownTable => {
  const hidden = new Set(cells.filter(({ persons }) => isSmall(persons)))
  const rest = cells
    .filter(({ persons }) => persons >= CELL_MIN_PERSONS)
    .sort((a, b) => a.persons - b.persons || (a.key < b.key ? -1 : 1))
  const isDerivable = (): boolean => {
    const persons = [...hidden].reduce((sum, cell) => sum + cell.persons, 0)
    return hidden.size === 1 || (hidden.size > 1 && persons < CELL_MIN_PERSONS)
  }
  while (isDerivable()) {
    const next = rest.shift()
    if (next === undefined) break
    hidden.add(next)
  }
  const totalHidden = isSmall(total) || isDerivable()
  return {
    cells: cells.map((cell) =>
      hidden.has(cell) ? { key: cell.key, suppressed: true } : { key: cell.key, ...shown(cell.persons) },
    ),
    total: totalHidden ? { suppressed: true } : shown(total),
  }
}
