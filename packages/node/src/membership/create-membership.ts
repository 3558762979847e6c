import { equalBytes, evidenceIn, institutionsIn, pendingChangeIn } from '@medchain/core'
import type { NodeServices } from '../api/index.ts'
import { readEvidence } from '../replica/index.ts'
import type { Room } from '../room.ts'
import { storageFiles } from '../storage/index.ts'
import { createProgramDeclaration } from './declare-program.ts'
import { createEvidencePresentation } from './present-evidence.ts'
import { createReadiness } from './say-ready.ts'

const observe = ({ ledger, metrics }: NodeServices): void => {
  metrics.observe('medchain_validators_skipped_count', () => ledger.status().skipped.length)
  metrics.observe(
    'medchain_validators_evidence_count',
    () => evidenceIn(ledger.view()).reduce((sum, { entries }) => sum + entries.length, 0),
    'contradictions of present members on the chain',
  )
  metrics.observe(
    'medchain_validators_candidate_count',
    () => (pendingChangeIn(ledger.view())?.type === 'candidate' ? 1 : 0),
    'whether a candidate waits for its validator',
  )
}

/** Tells once of what an operator has to act on. */
const createWarnings = ({ ledger, institution, logger }: NodeServices): (() => void) => {
  let wasMember = false
  let toldVersion = 0
  return () => {
    const isMember = institutionsIn(ledger.view()).some((id) => equalBytes(id, institution))
    if (wasMember && !isMember) logger.warn({}, 'this institution is no longer a member of the network')
    wasMember = isMember
    const { next, supported } = ledger.status().protocol
    if (next === undefined || supported.includes(next.version) || next.version === toldVersion) return
    toldVersion = next.version
    logger.error(
      { code: 'protocol.unsupported', version: next.version, fromHeight: next.fromHeight },
      'the network changes to a protocol version that this software does not support: update it before that height',
    )
  }
}

/**
 * What this institution says on the chain by itself, following committed blocks: that its validator is ready, and
 * evidence that its replica met, also before a restart.
 */
export const createMembership = async (services: NodeServices): Promise<Room> => {
  const logger = services.logger.child({ part: 'membership' })
  const parts = { ...services, logger }
  const readiness = createReadiness(parts)
  const evidence = createEvidencePresentation(parts)
  const program = createProgramDeclaration(parts)
  const warn = createWarnings(parts)
  observe(parts)
  for (const record of await readEvidence(storageFiles(services.paths).evidence)) evidence.add(record)
  const stopEvidence = services.ledger.onEvidence(evidence.add)
  const stopCommits = services.ledger.onCommitted(() => {
    warn()
    readiness.consider()
    evidence.consider()
    program.consider()
  })
  warn()
  return {
    close: async () => {
      stopCommits()
      stopEvidence()
    },
  }
}
