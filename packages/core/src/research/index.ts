export { countPersons, groupPersons, type PersonRow, roundSubjects } from './count-persons.ts'
export { type DeidentifyOptions, deidentifyResource, isReleasedType } from './deidentify.ts'
export { AGE_MAX_YEARS, SPARSE_ZIP3 } from './safe-harbor.ts'
export {
  CELL_MIN_PERSONS,
  type Cell,
  type ShownCell,
  type ShownCount,
  type ShownTable,
  suppressCount,
  suppressTable,
} from './suppress.ts'
