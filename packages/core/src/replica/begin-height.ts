import type { ConsensusRecord } from '../consensus/records.ts'
import { validatorIndexOf } from '../validators/validator-set.ts'
import { validateVersion } from './execute-block.ts'
import { clearTimer, halt, log, type ReplicaScope, tellEngine } from './scope.ts'

/** From the vote on, as long as there is time to install what knows the version. */
const warnOfVersion = (scope: ReplicaScope): void => {
  const { chain, memory } = scope
  const { next } = chain.rules.protocolIn(chain.view)
  const isKnown = next === undefined || chain.rules.supportedVersions.includes(next.version)
  if (!isKnown && memory.warnedOfVersion !== next.version)
    log(scope, 'warn', 'protocol.update-needed', { version: next.version, fromHeight: next.fromHeight })
  memory.warnedOfVersion = isKnown ? undefined : next.version
}

/** Starts consensus on the height above the head; `records` are what the WAL holds of it. */
export const beginHeight = (scope: ReplicaScope, records: readonly ConsensusRecord[]): void => {
  const { height, header, validators, skipped } = scope.chain.head()
  const { self } = scope
  const supported = validateVersion(scope.chain)
  if (!supported.ok) {
    halt(scope, supported)
    return
  }
  warnOfVersion(scope)
  scope.memory.held = undefined
  scope.memory.warned.clear()
  clearTimer(scope, 'hold')
  tellEngine(scope, {
    type: 'height',
    records,
    context: {
      height: height + 1,
      validators,
      selfIndex: self === undefined ? -1 : validatorIndexOf(validators, self.institution),
      parentProposerIndex: header === undefined ? -1 : validatorIndexOf(validators, header.proposer),
      skipped,
    },
  })
}
