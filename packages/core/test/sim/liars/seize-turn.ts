import type { ConsensusFrame, ProposalMessage } from '../../../src/consensus/index.ts'
import { equalBytes } from '../../../src/encoding/index.ts'
import type { Host } from '../world/host.ts'
import type { HeightKnowledge } from './knowledge.ts'
import { type LiarScope, stale, unjustified } from './tricks.ts'

const ROUNDS_AHEAD = 4

/** A round in which it is the liar's turn, now or soon, if there is one above 0. */
const ownRound = (scope: LiarScope, known: HeightKnowledge, host: Host): number | undefined => {
  const status = host.replica?.status()
  if (status === undefined || status.height !== known.height - 1) return undefined
  const { validators, head } = status
  const parent = validators.findIndex(({ institution }) => head && equalBytes(institution, head.proposer))
  const rounds = Array.from({ length: ROUNDS_AHEAD }, (_, ahead) => known.round + ahead)
  return rounds.find(
    (round) => round > 0 && (parent + 1 + round) % validators.length === scope.pen.indexAt(known.height),
  )
}

/** A proposal that nobody asked for: with what the liar happens to have heard in place of a justification. */
export const seizeTurn = (
  scope: LiarScope,
  known: HeightKnowledge,
  host: Host,
  say: (frame: ConsensusFrame) => void,
): void => {
  const round = ownRound(scope, known, host)
  const [outline] = [...known.blocks.values()]
  if (round === undefined || outline === undefined) return
  const claims = [...(known.claims.get(round)?.values() ?? [])].sort((a, b) => a.sender - b.sender)
  // The first word in a round is the only one that is looked at: it is kept for when it may pass.
  const others = claims.filter(({ sender }) => sender !== scope.pen.indexAt(known.height)).length
  if (others < Math.ceil((2 * scope.sizeAt(known.height)) / 3) - 2 && scope.random.chance(0.9)) return
  const base: ProposalMessage = scope.pen.proposal({
    height: known.height,
    round,
    outline,
    roundChanges: claims,
    prepared: known.certificates[0],
  })
  const old = stale(scope, { ...base, prepared: undefined })
  if (old && scope.random.chance(scope.temper.staleCertificate)) {
    scope.counts.note('liar.stale-certificate')
    say(old)
    return
  }
  scope.counts.note('liar.unjustified')
  say(scope.random.chance(0.3) ? base : unjustified(scope, base))
}
