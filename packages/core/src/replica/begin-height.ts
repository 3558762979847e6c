import type { ConsensusRecord } from '../consensus/records.ts'
import { validatorIndexOf } from '../validators/validator-set.ts'
import { NONE_SKIPPED } from './execute-block.ts'
import { clearTimer, type ReplicaScope, tellEngine } from './scope.ts'

/** Starts consensus on the height above the head; `records` are what the WAL holds of it. */
export const beginHeight = (scope: ReplicaScope, records: readonly ConsensusRecord[]): void => {
  const { height, header, validators } = scope.chain.head()
  const { self } = scope
  scope.memory.held = undefined
  clearTimer(scope, 'hold')
  tellEngine(scope, {
    type: 'height',
    records,
    context: {
      height: height + 1,
      validators,
      selfIndex: self === undefined ? -1 : validatorIndexOf(validators, self.institution),
      parentProposerIndex: header === undefined ? -1 : validatorIndexOf(validators, header.proposer),
      skipped: NONE_SKIPPED,
    },
  })
}
