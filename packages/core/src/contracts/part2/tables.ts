import { bytes, struct, uint } from '../../encoding/index.ts'
import { table } from '../../state/table.ts'
import type { ReadView } from '../../state/view.ts'
import type { Batch } from '../records/tables.ts'

/** Since when an institution is a programme under 42 CFR Part 2; what it wrote since stays under it for good. */
export const part2Programs = table(
  'part2.program',
  struct<{ readonly sinceHeight: number }>({ sinceHeight: uint() }),
)

/** Digest of the written consent that a grant rests on, by grant: 32 bytes, salted. */
export const part2Consents = table('part2.consent', bytes(32))

/** Whether a batch was written by a programme. */
export const isPart2Batch = (
  view: ReadView,
  { institution, height }: Pick<Batch, 'institution' | 'height'>,
): boolean => {
  const program = view.get(part2Programs, institution)
  return program !== undefined && program.sinceHeight <= height
}
