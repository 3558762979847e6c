import { type Mutant, NO_DISTURBANCE } from './mutant.ts'

type Likely = NonNullable<Mutant['likely']>

const votes: Likely = ({ steps }) => steps.length > 0
const changesSet: Likely = ({ steps }) => steps.some((step) => ['join', 'leave', 'expel'].includes(step))
const joins: Likely = ({ steps }) => steps.includes('join')
const upgrades: Likely = ({ steps }) => steps.includes('protocol')
const hasLiars: Likely = ({ conducts }) => conducts.includes('liar')
const dies: Likely = ({ deadMs }) => deadMs > 0

/** Processes that crash all the time, of six of which one may be faulty: many later rounds and missed turns. */
const missedTurns: NonNullable<Mutant['scenario']> = {
  size: 6,
  conducts: ['honest', 'honest', 'honest', 'honest', 'honest', 'honest'],
  observers: 0,
  joiners: [],
  steps: [],
  deadMs: 0,
  latecomer: -1,
  leaps: false,
  turnMs: 80,
  safetyMs: 14_000,
  submitMs: 60,
  weights: { ...NO_DISTURBANCE, crash: 12, cut: 2 },
}

/** Votes, turns, readiness, evidence, versions. */
export const GOVERNANCE_MUTANTS: readonly Mutant[] = [
  {
    name: 'a change comes into force a height late',
    file: 'contracts/governance/adopt.ts',
    from: 'export const EFFECT_DELAY_HEIGHTS = 2',
    to: 'export const EFFECT_DELAY_HEIGHTS = 3',
    likely: changesSet,
  },
  {
    name: 'a candidate joins without its own word',
    file: 'contracts/governance/adopt.ts',
    from: "? { type: 'candidate', proposal, institution, lapsesHeight: height + CANDIDATE_HEIGHTS }",
    to: "? { type: 'join', proposal, institution, effectiveHeight }",
    likely: joins,
  },
  {
    name: 'half of the votes are enough',
    file: 'validators/quorum.ts',
    from: 'Math.floor((2 * n) / 3) + 1',
    to: 'Math.floor(n / 2)',
    likely: votes,
  },
  {
    name: 'a vote of one institution counts twice',
    file: 'contracts/governance/vote.ts',
    from: 'return mayVote(view, proposal, sender, approves)',
    to: 'return mayVote(view, proposal, sender, approves) || sender.length > 0',
    likely: (scenario) => votes(scenario) && hasLiars(scenario),
  },
  {
    name: 'an observer votes',
    file: 'contracts/governance/propose.ts',
    from: '  validatorIndexOf(validatorSetIn(view), institution) >= 0',
    to: '  validatorIndexOf(validatorSetIn(view), institution) >= -1',
    likely: joins,
  },
  {
    name: 'two changes are under way at once',
    file: 'contracts/governance/adopt.ts',
    from: '  if (pendingChangeIn(view) !== undefined) {',
    to: "  if (pendingChangeIn(view) !== undefined && action.type === 'protocol') {",
    likely: ({ steps }) => steps.length > 1,
  },
  {
    name: 'more than f are passed over',
    file: 'contracts/governance/skip-table.ts',
    from: '  return new Set(indices.slice(Math.max(0, indices.length - faultyMax(set.length))))',
    to: '  return new Set(indices.slice(Math.max(0, indices.length - faultyMax(set.length) - 1)))',
    scenario: missedTurns,
  },
  {
    name: 'nobody is passed over',
    file: 'contracts/governance/skip-table.ts',
    from: '  const count = Math.min(block.round, faultyMax(set.length))',
    to: '  const count = Math.min(block.round, faultyMax(set.length), 0)',
  },
  {
    name: 'back-offs do not grow',
    file: 'contracts/governance/skip-table.ts',
    from: '  const strikes = (before?.strikes ?? 0) + 1',
    to: '  const strikes = (before?.strikes ?? 0) * 0 + 1',
    likely: dies,
  },
  {
    name: 'who says that it is ready stays passed over',
    file: 'contracts/governance/skip-table.ts',
    from: '  untilMs: Math.min(entry.untilMs, timeMs),',
    to: '  untilMs: entry.untilMs,',
  },
  {
    name: 'who comes back is as good as new at once',
    file: 'contracts/governance/skip-table.ts',
    from: '  !isAway(entry) && timeMs >= entry.untilMs + MEMORY_MS',
    to: '  !isAway(entry) && timeMs >= entry.untilMs + 0 * MEMORY_MS',
  },
  {
    name: 'the skip table is not looked at by those who judge',
    file: 'replica/execute-block.ts',
    from: '  return proposerIndexOf(validators.length, parent, round, skipped)',
    to: '  return proposerIndexOf(validators.length, parent, round, new Set([...skipped].slice(1)))',
  },
  {
    name: 'evidence of one message, told twice',
    file: 'contracts/governance/evidence.ts',
    from: '  if (!isSamePlace || equalBytes(first.message, second.message)) {',
    to: '  if (!isSamePlace) {',
    likely: hasLiars,
  },
  {
    name: 'evidence of two places',
    file: 'contracts/governance/evidence.ts',
    from: '  const isSamePlace = a.value.height === b.value.height && a.value.round === b.value.round',
    to: '  const isSamePlace = a.value.height === b.value.height',
    scenario: { ...missedTurns, size: 4, conducts: ['liar', 'honest', 'honest', 'honest'] },
  },
  {
    name: 'signatures of evidence are not verified',
    file: 'contracts/execute.ts',
    from: '  if (!statements.value.every((each) => verifier.verify(each.publicKey, each.message, each.signature))) {',
    to: '  if (!statements.value.every((each) => each.signature.length > 0)) {',
    likely: hasLiars,
  },
  {
    name: 'an unknown protocol version is followed',
    file: 'replica/execute-block.ts',
    from: '  return chain.rules.supportedVersions.includes(protocolVersion)\n',
    to: '  return chain.rules.supportedVersions.includes(1)\n',
    likely: upgrades,
  },
  {
    name: 'a protocol version holds from the vote on',
    file: 'contracts/governance/read.ts',
    from: '  return next !== undefined && height >= next.fromHeight ? next.version : version',
    to: '  return next !== undefined && height >= 0 ? next.version : version',
    likely: upgrades,
  },
  {
    name: 'a handover needs no quorum',
    file: 'proofs/handover.ts',
    from: '    isHandover(handover) &&\n    validateCommittedHeader(header, certificate, networkId, last.validators, verifier).ok',
    to: '    isHandover(handover) &&\n    [header, certificate, networkId, verifier, validateCommittedHeader].length > 0',
    likely: changesSet,
  },
  {
    name: 'a removed validator stays in the set',
    file: 'contracts/governance/begin-block.ts',
    from: '      set.filter((member) => isOther(member.institution)),',
    to: '      set.filter((member) => isOther(member.institution) || set.length > 0),',
    likely: changesSet,
  },
]
