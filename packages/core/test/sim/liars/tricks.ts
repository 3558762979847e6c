import type {
  BlockOutline,
  ConsensusFrame,
  ConsensusMessage,
  ProposalMessage,
} from '../../../src/consensus/index.ts'
import { blockHash } from '../../../src/ledger/index.ts'
import { withFlippedBit } from '../world/disk.ts'
import type { FaultCounts } from '../world/faults.ts'
import type { Host, Outgoing } from '../world/host.ts'
import type { Random } from '../world/random.ts'
import { bytesOf } from '../world/signatures.ts'
import type { HeightKnowledge } from './knowledge.ts'
import { emptied, type Pen, twinOf } from './pen.ts'

/** How likely each lie is, where there is an occasion. */
export interface Temper {
  readonly equivocate: number
  readonly doubleVote: number
  readonly withhold: number
  readonly wrongRoot: number
  readonly amnesia: number
  readonly parrot: number
  readonly unjustified: number
  readonly staleCertificate: number
  readonly forge: number
  readonly silence: number
  readonly slowness: number
  readonly spam: number
  readonly falseHeights: number
  /** Tells everybody, always, of a chain that is much longer. */
  readonly boasts: boolean
  readonly badSync: number
  readonly poison: number
  readonly censor: number
  readonly accuse: number
  readonly propose: number
}

export interface LiarScope {
  readonly pen: Pen
  /** Members of the set of a height. */
  readonly sizeAt: (height: number) => number
  readonly temper: Temper
  readonly random: Random
  readonly counts: FaultCounts
  /** State root at the liar's head, and its institution. */
  readonly stateRoot: () => Uint8Array | undefined
  readonly institution: Uint8Array
  /** Whether a block writes more than the network allows. */
  readonly isOverfull: (outline: BlockOutline) => boolean
  readonly knownAt: (height: number) => HeightKnowledge | undefined
  /** Lie chosen for a proposal of this place, so that it is the same each time it is sent again. */
  readonly choices: Map<string, number>
}

/** One choice for one place, however often its message is sent. */
export const chooses = (scope: LiarScope, place: string, probability: number): boolean => {
  const chosen = scope.choices.get(place) ?? scope.random.next()
  scope.choices.set(place, chosen)
  return chosen < probability
}

const plain = (frame: ProposalMessage): readonly Outgoing[] => [{ frame, delayMs: 0 }]

const withOutline = ({ pen }: LiarScope, frame: ProposalMessage, outline: BlockOutline): ProposalMessage =>
  pen.proposal({ ...frame, outline })

/** A new block where an old one may be prepared, with claims left out, told twice or of another round. */
export const unjustified = (scope: LiarScope, frame: ProposalMessage): ProposalMessage => {
  const { random, institution, pen } = scope
  const stateRoot = scope.stateRoot() ?? frame.outline.header.stateRoot
  const header = {
    ...frame.outline.header,
    round: frame.round,
    proposer: institution,
    timeMs: frame.outline.header.timeMs + 3,
  }
  const outline = emptied({ ...frame.outline, header }, stateRoot)
  const unprepared = frame.roundChanges.filter((claim) => claim.preparedRound === undefined)
  const own = pen.roundChange(frame.height, {
    newRound: frame.round,
    preparedRound: undefined,
    preparedHash: undefined,
  })
  const others = unprepared.filter((claim) => claim.sender !== pen.indexAt(frame.height))
  const short = random.chance(0.5)
    ? others.slice(0, Math.ceil((2 * scope.sizeAt(frame.height)) / 3) - 2)
    : others
  const few = [...short, own.claim].sort((a, b) => a.sender - b.sender)
  const quorum = Math.ceil((2 * scope.sizeAt(frame.height)) / 3)
  const repeated = Array.from({ length: quorum }, (_, at) => few[at] ?? own.claim).sort(
    (a, b) => a.sender - b.sender,
  )
  const older = [...(scope.knownAt(frame.height)?.claims.values() ?? [])].flatMap((claims) => [
    ...claims.values(),
  ])
  const roundChanges = random.pick([few, few, few, few, repeated, repeated, older, frame.roundChanges])
  return pen.proposal({
    height: frame.height,
    round: frame.round,
    outline,
    roundChanges,
    prepared: undefined,
  })
}

/** The block of an older prepared certificate, though a newer one was shown. */
export const stale = (scope: LiarScope, frame: ProposalMessage): ProposalMessage | undefined => {
  const known = scope.knownAt(frame.height)
  const older = known?.certificates.find((each) => each.round < (frame.prepared?.round ?? frame.round))
  const name = older && Buffer.from(older.blockHash).toString('hex')
  const outline = name ? known?.blocks.get(name) : undefined
  return older && outline && scope.pen.proposal({ ...frame, outline, prepared: older })
}

/** What a liar sends to one neighbour in place of its replica's proposal. */
export const lieInProposal = (scope: LiarScope, frame: ProposalMessage, to: Host): readonly Outgoing[] => {
  const { temper, random, counts } = scope
  const place = `${frame.height}/${frame.round}`
  const isFresh = frame.prepared === undefined
  if (frame.round > 0 && chooses(scope, `unjustified ${place}`, temper.unjustified)) {
    counts.note('liar.unjustified')
    return plain(unjustified(scope, frame))
  }
  const old = isFresh ? undefined : stale(scope, frame)
  if (old && random.chance(temper.staleCertificate)) {
    counts.note('liar.stale-certificate')
    return plain(old)
  }
  if (chooses(scope, `withhold ${place}`, temper.withhold)) {
    counts.note('liar.withheld-body')
    if (random.chance(0.5)) return random.chance(0.5) ? plain(frame) : []
    return plain({
      ...frame,
      outline: { ...frame.outline, wireHashes: frame.outline.wireHashes.slice(1) },
    })
  }
  if (scope.isOverfull(frame.outline)) counts.note('liar.overfull-block')
  if (!isFresh) return plain(frame)
  if (chooses(scope, `wrong ${place}`, temper.wrongRoot)) {
    counts.note('liar.wrong-root')
    const header = { ...frame.outline.header, stateRoot: bytesOf(`wrong ${place}`) }
    return plain(withOutline(scope, frame, { ...frame.outline, header }))
  }
  const root = scope.stateRoot()
  const told =
    root && chooses(scope, `censor ${place}`, temper.censor) ? emptied(frame.outline, root) : frame.outline
  if (told !== frame.outline) counts.note('liar.censorship')
  if (chooses(scope, `twin ${place}`, temper.equivocate) && to.id % 2 === 0) {
    counts.note('liar.equivocation')
    return plain(withOutline(scope, frame, twinOf(told)))
  }
  return told === frame.outline ? plain(frame) : plain(withOutline(scope, frame, told))
}

/** What a liar says that no key signs: blocks of decided heights, transactions of proposals, or nothing. */
export const lieInAnswer = (
  scope: LiarScope,
  frame: Exclude<ConsensusFrame, ConsensusMessage>,
): readonly Outgoing[] => {
  const { temper, random, counts } = scope
  const plainly = [{ frame, delayMs: 0 }]
  if (frame.type === 'decided') return random.chance(temper.badSync) ? [] : plainly
  if (frame.type === 'bodies-request' || !random.chance(temper.withhold)) return plainly
  const [first, ...others] = frame.type === 'bodies' ? frame.transactions : []
  if (frame.type === 'bundle' || first === undefined || random.chance(0.3)) {
    counts.note('liar.withheld-body')
    return []
  }
  counts.note('liar.false-body')
  return [
    { frame: { ...frame, transactions: [withFlippedBit(first, random.next()), ...others] }, delayMs: 0 },
  ]
}

/** Hash of the twin that half of the others were told, for votes that fit it. */
export const toldTwinHash = (
  scope: LiarScope,
  height: number,
  round: number,
  hash: Uint8Array,
): Uint8Array | undefined => {
  const block = scope.knownAt(height)?.blocks.get(Buffer.from(hash).toString('hex'))
  const isTold = chooses(scope, `twin ${height}/${round}`, scope.temper.equivocate)
  return block && isTold ? blockHash(twinOf(block).header) : undefined
}
