import type { Compartment } from '../../access/compartments.ts'

/** One line of the table: codes that stand for themselves, prefixes that stand for all below them. */
export interface SensitiveCodes {
  readonly compartment: Compartment
  readonly codes?: string
  readonly prefixes?: string
}
