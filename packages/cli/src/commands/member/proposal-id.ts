import { bytesFromBase32 } from '@medchain/core'
import { fail } from '../../command-error.ts'

/** A proposal is named in full: the beginning of an id can be forged. */
export const proposalId = (typed: string): Uint8Array => {
  const id = bytesFromBase32(typed)
  return id.ok && id.value.length === 32
    ? id.value
    : fail(
        'usage.proposal',
        `“${typed}” is not the id of a proposal.`,
        'medchain member proposals shows them in full.',
      )
}
