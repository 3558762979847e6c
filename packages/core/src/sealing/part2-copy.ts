import { type Part2Copy, part2CopySchema } from '../access/part2-consent.ts'
import { decode, encode, type Result } from '../encoding/index.ts'
import { openLetter, sealLetter } from './letter.ts'

/** Whose copy it is, and of which grant. */
export interface Part2CopyPlace {
  readonly networkId: Uint8Array
  readonly grantId: Uint8Array
  /** The chart, the grantee, or a programme. */
  readonly party: Uint8Array
}

const placeOf = ({ networkId, grantId: subject, party: recipient }: Part2CopyPlace) => ({
  label: 'medchain/part2-copy/1' as const,
  networkId,
  subject,
  recipient,
})

/** Seals a copy to the sealing key of a party: of a chart the key of its present epoch. `record.public-key`. */
export const sealPart2Copy = (
  sealingKey: Uint8Array,
  place: Part2CopyPlace,
  copy: Part2Copy,
): Promise<Result<Uint8Array>> => sealLetter(sealingKey, placeOf(place), encode(part2CopySchema, copy))

/** The copy, or `letter.damaged` for another key, party, grant or network. */
export const openPart2Copy = async (
  sealingSecret: Uint8Array,
  place: Part2CopyPlace,
  sealed: Uint8Array,
): Promise<Result<Part2Copy>> => {
  const content = await openLetter(sealingSecret, placeOf(place), sealed)
  return content.ok ? decode(part2CopySchema, content.value) : content
}
