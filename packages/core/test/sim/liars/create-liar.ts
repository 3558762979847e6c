import {
  type ConsensusFrame,
  type ConsensusMessage,
  isConsensusMessage,
} from '../../../src/consensus/index.ts'
import { blob, encode, list } from '../../../src/encoding/index.ts'
import { decodeSyncResponse, encodeSyncResponse } from '../../../src/sync/index.ts'
import { withFlippedBit } from '../world/disk.ts'
import type { Host, Liar, Outgoing } from '../world/host.ts'
import type { Random } from '../world/random.ts'
import { bytesOf } from '../world/signatures.ts'
import type { World } from '../world/world.ts'
import { accuse, proposeAnything } from './accuse.ts'
import { forgeClaim, forgeCommitted } from './forgery.ts'
import { createKnowledge, type HeightKnowledge } from './knowledge.ts'
import { createPen } from './pen.ts'
import { seizeTurn } from './seize-turn.ts'
import { chooses, type LiarScope, lieInAnswer, lieInProposal, type Temper, toldTwinHash } from './tricks.ts'

const TICK_MS = 60
const bundleSchema = list(blob(512 * 1024), 1024)

/** Few lies at a time, so that each is seen alone, too. */
const drawTemper = (random: Random): Temper => {
  const some = (share: number, most = 1): number => (random.chance(share) ? most * random.next() : 0)
  return {
    equivocate: some(0.35),
    doubleVote: some(0.3),
    withhold: some(0.3, 0.8),
    wrongRoot: some(0.25),
    amnesia: some(0.35),
    parrot: some(0.35),
    unjustified: random.chance(0.6) ? random.between(0.5, 1) : 0,
    staleCertificate: some(0.5),
    forge: some(0.35, 0.4),
    silence: some(0.25, 0.8),
    slowness: some(0.2, 0.8),
    spam: some(0.25),
    falseHeights: some(0.25, 0.8),
    boasts: random.chance(0.1),
    badSync: some(0.3),
    poison: some(0.2, 0.4),
    censor: some(0.25),
    accuse: some(0.3),
    propose: some(0.25),
  }
}

const scopeOf = (world: World, host: () => Host, member: number, temper: Temper, random: Random) => {
  const knowledge = createKnowledge()
  const scope: LiarScope = {
    pen: createPen(
      (height) => Math.max(0, world.membership.indexOf(member, height)),
      world.signatures.signerOf(`voting ${member}`),
      world.networkId,
    ),
    sizeAt: (height) => world.membership.at(height).length,
    temper,
    random,
    counts: world.counts,
    stateRoot: () => host().replica?.status().stateRoot,
    isOverfull: ({ wireHashes }) => world.load.isOverfull(wireHashes),
    institution: world.load.institutionOf(member) ?? new Uint8Array(32),
    knownAt: knowledge.at,
    choices: new Map(),
  }
  return { knowledge, scope }
}

/** Votes of its own for whatever others vote for, in whatever round: no lock, no judgement. */
const parrot = (
  { pen, counts }: LiarScope,
  known: HeightKnowledge,
  say: (frame: ConsensusFrame) => void,
): void => {
  counts.note('liar.parrot')
  for (const { round, hash, type } of [...known.votes.values()].slice(-4)) {
    if (type !== 'commit') say(pen.vote('prepare', known.height, round, hash))
    say(pen.vote('commit', known.height, round, hash))
  }
}

const spam = (
  { pen, random, counts }: LiarScope,
  known: HeightKnowledge,
  say: (frame: ConsensusFrame) => void,
): void => {
  counts.note('liar.future-rounds')
  for (let count = 0; count < 6; count++) {
    const height = known.height + random.pick([0, 0, 1, 2, 9, 30])
    const round = known.round + random.pick([1, 2, 3, 50, 1_000_000])
    const hash = bytesOf(`spam ${round}`)
    say(
      random.chance(0.5)
        ? pen.vote(random.chance(0.5) ? 'prepare' : 'commit', height, round, hash)
        : pen.roundChange(height, { newRound: round, preparedRound: undefined, preparedHash: undefined }),
    )
  }
}

const answer = (scope: LiarScope, forged: Uint8Array | undefined, bytes: Uint8Array): Uint8Array => {
  const { temper, random, counts } = scope
  const response = decodeSyncResponse(bytes)
  if (!response.ok) return bytes
  let { headHeight, blocks } = response.value
  if (temper.boasts || random.chance(temper.falseHeights)) {
    counts.note('liar.false-heights')
    headHeight += temper.boasts ? 1_000_000 : random.pick([1, 5, 1_000_000, -headHeight])
  }
  if (random.chance(temper.badSync)) {
    counts.note('liar.bad-sync')
    const first = blocks[0]
    blocks = random.pick([
      [],
      blocks.slice(1),
      [...blocks].reverse(),
      first ? [withFlippedBit(first, random.next()), ...blocks.slice(1)] : [],
      [new Uint8Array(9)],
      forged ? [forged, ...blocks] : blocks,
      first ? [first, first, ...blocks] : [],
      first && random.chance(0.2) ? Array.from({ length: 300 }, () => first) : blocks,
    ])
  }
  return encodeSyncResponse({ headHeight, blocks: blocks.slice(0, 1024) })
}

/** A vote or round-change, or what goes out in its place. */
const lieInVote = (scope: LiarScope, frame: ConsensusMessage, to: Host): readonly ConsensusFrame[] => {
  const { pen, temper, counts, random } = scope
  if (
    frame.type === 'round-change' &&
    frame.claim.preparedRound !== undefined &&
    random.chance(temper.amnesia)
  ) {
    counts.note('liar.amnesia')
    const { newRound } = frame.claim
    return [pen.roundChange(frame.height, { newRound, preparedRound: undefined, preparedHash: undefined })]
  }
  if (frame.type !== 'prepare' && frame.type !== 'commit') return [frame]
  const { type, height, round, blockHash } = frame
  const twin = toldTwinHash(scope, height, round, blockHash)
  const voted = twin && to.id % 2 === 0 ? pen.vote(type, height, round, twin) : frame
  if (!random.chance(temper.doubleVote)) return [voted]
  counts.note('liar.double-vote')
  return [voted, pen.vote(type, height, round, twin ?? bytesOf(`double ${height}`))]
}

/** A member whose replica is honest and whose mouth is not. */
export const createLiar = (
  world: World,
  host: () => Host,
  member: number,
  say: (frame: ConsensusFrame) => void,
): Liar => {
  const random = world.random.fork(100 + member)
  const temper = drawTemper(random)
  const isGreedy = world.random.fork(300 + member).chance(0.6)
  const { knowledge, scope } = scopeOf(world, host, member, temper, random)
  const { counts } = world

  const forged = (): Uint8Array | undefined => {
    const known = knowledge.at((knowledge.newest()?.height ?? 1) - random.int(2))
    const bytes =
      known && forgeCommitted(known, scope.pen, scope.sizeAt(known.height), random, world.load.signed)
    if (bytes) counts.note('liar.forged-certificate')
    return bytes
  }

  const outgoing = (frame: ConsensusFrame, to: Host): readonly Outgoing[] => {
    if (!isConsensusMessage(frame)) return lieInAnswer(scope, frame)
    const place = `${frame.type} ${frame.height}`
    if (chooses(scope, `silence ${place}`, temper.silence)) {
      counts.note('liar.silence')
      return []
    }
    const isSlow = chooses(scope, `slow ${place}`, temper.slowness)
    if (isSlow) counts.note('liar.slowness')
    const told: readonly Outgoing[] =
      frame.type === 'proposal'
        ? lieInProposal(scope, frame, to)
        : lieInVote(scope, frame, to).map((each) => ({ frame: each, delayMs: 0 }))
    return isSlow ? told.map((each) => ({ ...each, delayMs: random.between(100, 2500) })) : told
  }

  const tick = (): void => {
    const known = knowledge.newest()
    if (known === undefined || world.membership.indexOf(member, known.height) < 0) return
    if (random.chance(temper.parrot)) parrot(scope, known, say)
    if (random.chance(temper.spam)) spam(scope, known, say)
    if (random.chance(temper.unjustified * 0.1)) seizeTurn(scope, known, host(), say)
    const claim = random.chance(temper.forge * 0.5)
      ? forgeClaim(known, scope.pen, scope.sizeAt(known.height), random)
      : undefined
    if (claim) say(claim)
    if (random.chance(temper.accuse * 0.2)) accuse(scope, known, world, host())
    if (random.chance(temper.propose * 0.1)) proposeAnything(scope, world, host())
    const committed = random.chance(temper.forge) ? forged() : undefined
    if (committed === undefined) return
    if (random.chance(0.6)) say({ type: 'decided', committed })
    else world.network.gossip.publish(host(), 'blocks', committed)
  }

  /** The moment before others have a quorum is the best for a proposal without one. */
  const heard = (frame: ConsensusFrame): void => {
    knowledge.hear(frame)
    const known = knowledge.newest()
    if (frame.type !== 'round-change' || known === undefined || !random.chance(temper.unjustified)) return
    if (frame.claim.sender !== scope.pen.indexAt(frame.height)) seizeTurn(scope, known, host(), say)
  }

  const gossip: Liar['gossip'] = (topic, bytes) => {
    if (topic === 'bundles' && random.chance(Math.max(temper.censor, temper.withhold))) return undefined
    if (!random.chance(temper.poison)) return bytes
    counts.note('liar.poison-bundle')
    const poison = encode(bundleSchema, [world.load.poison(world.queue.nowMs()), new Uint8Array(3)])
    return random.pick([poison, withFlippedBit(bytes, random.next()), bytes.subarray(0, bytes.length >> 1)])
  }

  return {
    isGreedy,
    outgoing,
    heard,
    tick,
    gossip,
    syncAnswer: (bytes) => answer(scope, random.chance(0.5) ? forged() : undefined, bytes),
  }
}

/** Lets every liar that runs speak up of its own accord, again and again. */
export const scheduleLiars = (world: World): void => {
  const turn = (): void => {
    for (const host of world.hosts)
      if (host.replica && host.pausedUntilMs <= world.queue.nowMs()) host.liar?.tick()
    world.queue.after(TICK_MS, turn)
  }
  world.queue.after(TICK_MS, turn)
}
