import { bytesFromUint, equalBytes, ok, type Result, refuse } from '../../encoding/index.ts'
import type { ReadView } from '../../state/view.ts'
import { decodeRoundChangeMessage, decodeVoteMessage } from '../../votes/vote.ts'
import type { TransactionContext, TransactionKind } from '../contract.ts'
import { activeInstitution } from '../identity/enrol.ts'
import {
  type EquivocationKind,
  EVIDENCE_MAX,
  type EvidenceSubmission,
  evidenceEntries,
  evidenceProofs,
  evidenceSubmissionSchema,
} from './evidence-tables.ts'
import { evidenceAgainst } from './read.ts'
import { formerVotingKeys, members } from './tables.ts'

/** Validators vote a few heights ahead of a node that is behind; what lies further can be presented later. */
const HEIGHTS_AHEAD_MAX = 100

interface Place {
  readonly networkId: Uint8Array
  readonly height: number
  readonly round: number
}

/** Where in the protocol a message of that kind stands. */
const placeOf = (kind: EquivocationKind, message: Uint8Array): Result<Place> => {
  if (kind === 'round-change') {
    const claim = decodeRoundChangeMessage(message)
    return claim.ok ? ok({ ...claim.value, round: claim.value.newRound }) : claim
  }
  const vote = decodeVoteMessage(message)
  if (!vote.ok) return vote
  return vote.value.type === kind
    ? vote
    : refuse('evidence.other-kind', 'The messages are not of the kind that is named.')
}

/** Height and round at which two messages of one kind contradict each other; refuses with `evidence.*` (consensus Q61). */
const contradictionOf = (
  { kind, first, second }: EvidenceSubmission,
  context: TransactionContext,
): Result<Place> => {
  const places = [placeOf(kind, first.message), placeOf(kind, second.message)] as const
  const [a, b] = places
  if (!a.ok || !b.ok) {
    const isOther = places.some((place) => !place.ok && place.code === 'evidence.other-kind')
    return isOther
      ? refuse('evidence.other-kind', 'The messages are not of the kind that is named.')
      : refuse('evidence.unreadable', 'A message is no vote and no round-change of this protocol.')
  }
  if (![a, b].every(({ value }) => equalBytes(value.networkId, context.networkId))) {
    return refuse('evidence.other-network', 'A message was signed for another network.')
  }
  const isSamePlace = a.value.height === b.value.height && a.value.round === b.value.round
  if (!isSamePlace || equalBytes(first.message, second.message)) {
    return refuse('evidence.no-contradiction', 'The two messages do not contradict each other.')
  }
  return a.value.height <= context.height + HEIGHTS_AHEAD_MAX
    ? a
    : refuse('evidence.too-far-ahead', 'The messages are for a height far above the chain.')
}

/** The key with which an institution, present or former, voted at a height. */
const votingKeyAt = (view: ReadView, institution: Uint8Array, height: number): Uint8Array | undefined => {
  const former = view.get(formerVotingKeys, institution) ?? []
  const replaced = former.find(({ untilHeight }) => height < untilHeight)
  return replaced?.votingKey ?? view.get(members, institution)?.votingKey
}

const heightKey = (height: number): Uint8Array => bytesFromUint(height, 6)

/** Two contradicting messages of a validator, kept for the vote on it: no penalty follows by itself. */
export const presentEvidence: TransactionKind<EvidenceSubmission> = {
  kind: 'governance.evidence',
  payload: evidenceSubmissionSchema,
  statements: (view, payload, context) => {
    const place = contradictionOf(payload, context)
    if (!place.ok) return place
    const publicKey = votingKeyAt(view, payload.institution, place.value.height)
    return publicKey === undefined
      ? refuse('evidence.unknown-validator', 'No such institution has ever been in the network.')
      : ok([payload.first, payload.second].map((signed) => ({ publicKey, ...signed })))
  },
  apply: (view, payload, context) => {
    const { sender, txId, timeMs } = context
    const { institution, kind } = payload
    if (!activeInstitution(view, sender)) {
      return refuse('identity.not-institution', 'Only an active institution presents evidence.')
    }
    const place = contradictionOf(payload, context)
    if (!place.ok) return place
    const { height, round } = place.value
    const known = evidenceAgainst(view, institution)
    if (known.some((entry) => entry.height === height)) {
      return refuse('evidence.known', 'Evidence against this institution at that height is on the chain.')
    }
    if (known.length >= EVIDENCE_MAX) {
      return refuse('evidence.enough', 'A hundred contradictions of this institution are on the chain.')
    }
    const entry = { height, round, kind, reporter: sender, reportedAtMs: timeMs, txId }
    view.put(evidenceEntries, [...known, entry], institution)
    view.put(evidenceProofs, payload, institution, heightKey(height))
    return ok([{ kind: 'governance.evidence', subjects: [institution] }])
  },
}
