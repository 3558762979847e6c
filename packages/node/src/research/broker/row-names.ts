import {
  equalBytes,
  grants,
  hexFromBytes,
  isErased,
  ok,
  type Result,
  refuse,
  supersessions,
} from '@medchain/core'
import type { ResearchPorts } from '../ports.ts'
import { pseudonymOf } from './deidentified-row.ts'
import { receiverOf } from './hand-over.ts'

/**
 * Under which names this broker delivered records of a grant, told to the receiver, which has to destroy them: of
 * records that are erased, replaced or withdrawn, for a pseudonym of any other would undo the de-identification.
 * `research.not-broker`.
 */
export const rowNamesFor = (
  { chain, self, pseudonymize }: Pick<ResearchPorts, 'chain' | 'self' | 'pseudonymize'>,
  from: Uint8Array,
  grantId: Uint8Array,
  recordIds: readonly Uint8Array[],
): Result<readonly Uint8Array[]> => {
  const { view, timeMs } = chain.head()
  const grant = view.get(grants, grantId)
  const receiver = grant && receiverOf(view, grant)
  const isTheirs =
    grant?.broker !== undefined &&
    equalBytes(grant.broker, self.id) &&
    receiver !== undefined &&
    equalBytes(receiver, from) &&
    recordIds.every(
      (recordId) => isErased(view, recordId, timeMs) || view.get(supersessions, recordId) !== undefined,
    )
  if (!isTheirs) return refuse('research.not-broker', 'No grant lets this institution deliver here.')
  const context = { receiver, pseudonymize, year: 0 }
  return ok(recordIds.map((recordId) => pseudonymOf(context, hexFromBytes(recordId))))
}
