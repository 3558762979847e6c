import { type GovernanceAction, governanceActionSchema } from '../../../src/contracts/governance/action.ts'
import {
  type EvidenceSubmission,
  evidenceSubmissionSchema,
} from '../../../src/contracts/governance/evidence-tables.ts'
import { bool, bytes, encode, struct } from '../../../src/encoding/index.ts'

// Shapes of what institutions send, written here once more so that the rules are not asked what they mean.
export const proposeSchema = struct<{ readonly action: GovernanceAction }>({ action: governanceActionSchema })

export const voteSchema = struct<{ readonly proposal: Uint8Array; readonly approves: boolean }>({
  proposal: bytes(32),
  approves: bool,
})

export const READY_PAYLOAD = encode(struct<object>({}), {})

export const proposalPayload = (action: GovernanceAction): Uint8Array => encode(proposeSchema, { action })

export const votePayload = (proposal: Uint8Array, approves: boolean): Uint8Array =>
  encode(voteSchema, { proposal, approves })

export const evidencePayload = (evidence: EvidenceSubmission): Uint8Array =>
  encode(evidenceSubmissionSchema, evidence)
