import type { GovernanceAction } from '../../../src/contracts/governance/action.ts'
import { bytesFromHex, hexFromBytes, unwrap } from '../../../src/encoding/index.ts'
import type { EvidenceRecord } from '../../../src/replica/index.ts'
import { faultyOf } from '../checks/arithmetic.ts'
import type { Decisions } from '../checks/decisions.ts'
import type { ClientTransaction } from './load.ts'
import { evidencePayload, proposalPayload, READY_PAYLOAD, votePayload } from './payloads.ts'
import { handle } from './process.ts'
import type { Step } from './scenario.ts'
import { isAdmitted, traced, type World, worldMs } from './world.ts'

/** The people of the institutions, and what a daemon sends by itself: proposals, votes, readiness, evidence. */
export interface Governors {
  readonly begin: () => void
  /** Everything that was to be voted on is in force. */
  readonly isDone: () => boolean
  readonly accuse: (hostId: number, record: EvidenceRecord) => void
}

const TURN_MS = 150
/** A client's transaction lives four minutes; what has not come through by then is said anew. */
const RENEW_MS = 60_000
const READY_AGAIN_MS = 1500
const ACCUSATIONS_MAX = 12

interface Open {
  readonly transaction: ClientTransaction
  readonly sinceMs: number
}

interface Proposed extends Open {
  readonly proposer: number
  readonly action: GovernanceAction
}

/** One thing to be voted on. */
interface Motion {
  readonly step: Step
  /** Which of those who are to join. */
  readonly joiner: number
  /** Every proposal of it: one that was given up may stand in a block later all the same, and even pass. */
  readonly made: Proposed[]
  proposal: Proposed | undefined
  isDone: boolean
}

const motionsOf = (steps: readonly Step[]): Motion[] => {
  let joiner = -1
  return steps.map((step) => {
    if (step === 'join') joiner += 1
    return { step, joiner, made: [], proposal: undefined, isDone: false }
  })
}

const isRemoval = ({ step }: Motion): boolean => step === 'leave' || step === 'expel'

export const createGovernors = (world: World, decisions: Decisions): Governors => {
  const { load, membership, scenario, institutions, queue } = world
  const random = world.random.fork(23)
  const motions: Motion[] = motionsOf(scenario.steps)
  /** Whether the second is put to the vote while the first is under way: a change must wait for the other. */
  const isHasty = random.chance(0.5)
  const votes = new Map<string, Open>()
  const readies = new Map<number, Open>()
  const accusations = new Map<string, Open & { readonly hostId: number }>()
  let token = 1_000_000
  /** Of the last proposal: two with one effect would leave the second to be refused for ever. */
  let { blockIntervalMs } = world.genesis.parameters

  const nextHeight = (): number => decisions.blocks.size + 1
  const isVoting = (member: number): boolean => membership.indexOf(member, nextHeight()) >= 0
  const isOpen = ({ transaction }: Open): boolean => !decisions.transactions.has(transaction.txId)

  /** At the own process, or at another when the own is down. */
  const submit = (member: number, { transaction }: Open): void => {
    const running = world.hosts.filter((host) => host.replica && host.member >= 0 && isAdmitted(world, host))
    const host = running.find((each) => each.member === member) ?? random.shuffled(running)[0]
    token += 1
    if (host) handle(world, host, { type: 'submit', token, bytes: transaction.bytes })
  }

  const open = (member: number, kind: string, payload: Uint8Array): Open => {
    const transaction = load.sign(member, kind, payload, worldMs(world))
    traced(world, () => `institution ${member} signs ${kind} ${transaction.txId.slice(0, 6)}`)
    return { transaction, sinceMs: queue.nowMs() }
  }

  const honest = (): readonly number[] =>
    scenario.conducts.flatMap((conduct, member) => (conduct !== 'liar' && isVoting(member) ? [member] : []))

  /** Whose going leaves no more faulty ones than the smaller set bears. */
  const leaver = (): number | undefined => {
    const present = institutions.flatMap((_, member) => (isVoting(member) ? [member] : []))
    const isFaulty = (member: number): boolean => (scenario.conducts[member] ?? 'honest') !== 'honest'
    const borne = faultyOf(present.length - 1)
    const all = present.filter(
      (leaving) => present.filter((member) => member !== leaving && isFaulty(member)).length <= borne,
    )
    return present.length > 4 && all.length > 0 ? random.pick(all) : undefined
  }

  const actionOf = ({ step, joiner }: Motion): GovernanceAction | undefined => {
    if (step === 'join') {
      const member = institutions[scenario.size + joiner]
      return member && { type: 'add', member: { ...member, isValidator: true } }
    }
    if (step === 'parameters') {
      blockIntervalMs += 1 + random.int(20)
      return { type: 'parameters', parameters: { ...world.genesis.parameters, blockIntervalMs } }
    }
    if (step === 'protocol')
      return { type: 'protocol', version: 2, fromHeight: nextHeight() + 2 + random.int(6) }
    const member = leaver()
    const institution = member === undefined ? undefined : load.institutionOf(member)
    return institution && { type: 'remove', institution, keepsAccount: step === 'leave' }
  }

  const ballotOf = ({ transaction }: Proposed) => membership.ballots.get(transaction.txId)

  /** Whether another proposal of this member is open, even one that nobody pursues any more: it has one at a time. */
  const hasOther = (member: number, own?: Proposed): boolean =>
    motions
      .flatMap(({ made }) => made)
      .some((each) => each !== own && each.proposer === member && ballotOf(each)?.isOpen)

  const free = (): readonly number[] => honest().filter((member) => !hasOther(member))

  const propose = (motion: Motion): void => {
    const action = actionOf(motion)
    const proposers = free().length > 0 ? free() : honest()
    if (action === undefined || proposers.length === 0) motion.isDone = true
    else {
      const payload = proposalPayload(action)
      const proposer = random.pick(proposers)
      motion.proposal = { ...open(proposer, 'governance.propose', payload), proposer, action }
      motion.made.push(motion.proposal)
    }
  }

  const isInForce = (action: GovernanceAction): boolean => {
    if (action.type !== 'protocol') return membership.pending() === undefined
    return decisions.blocks.size >= (membership.protocolFrom() ?? Infinity)
  }

  const vote = (name: string): void => {
    const id = unwrap(bytesFromHex(name))
    for (const member of institutions.keys()) {
      if (!isVoting(member)) continue
      const place = `${name}/${member}`
      const approves = scenario.conducts[member] !== 'liar' || random.chance(0.5)
      const before = votes.get(place)
      const isGood = before && !(isOpen(before) && before.transaction.expiryMs <= worldMs(world))
      const own = isGood ? before : open(member, 'governance.vote', votePayload(id, approves))
      votes.set(place, own)
      if (isOpen(own)) submit(member, own)
      else if (scenario.conducts[member] === 'liar' || membership.isEnough(name))
        voteAgain(id, member, approves)
    }
    const [stranger] = institutions.flatMap((_, member) => (isVoting(member) ? [] : [member]))
    if (stranger !== undefined && random.chance(0.5)) voteAgain(id, stranger, true)
  }

  /** Of a liar or one outside the set, it must not count; of others, it closes what is enough now that a member left. */
  const voteAgain = (proposal: Uint8Array, member: number, approves: boolean): void => {
    if (random.chance(0.5)) submit(member, open(member, 'governance.vote', votePayload(proposal, approves)))
  }

  const pursue = (motion: Motion): void => {
    const passed = motion.made.find((each) => ballotOf(each)?.isOpen === false)
    motion.proposal = passed ?? motion.made.find(ballotOf) ?? motion.proposal
    if (motion.proposal === undefined) propose(motion)
    const { proposal } = motion
    if (proposal === undefined) return
    const { action, proposer, sinceMs, transaction } = proposal
    const ballot = ballotOf(proposal)
    if (ballot === undefined) {
      submit(random.pick(honest()), proposal)
      const isOld = queue.nowMs() > sinceMs + RENEW_MS || transaction.expiryMs <= worldMs(world)
      // Whoever has left the set, or has another one open, is refused for as long as that lasts.
      const isRefused = !isVoting(proposer) || (hasOther(proposer, proposal) && free().length > 0)
      if (!isOld && !isRefused) return
      motion.proposal = undefined
    } else if (ballot.isOpen) vote(transaction.txId)
    else if (action.type !== 'add' || membership.pending()?.type !== 'candidate') {
      motion.isDone = isInForce(action)
    }
  }

  const pursueAll = (): void => {
    const [first, second] = motions.filter(({ isDone }) => !isDone)
    if (first) pursue(first)
    if (isHasty && first?.proposal && second && !(isRemoval(first) && isRemoval(second))) pursue(second)
  }

  /** Whoever is passed over and runs, and a candidate that has the chain, says so. */
  const report = (): void => {
    const passed = membership.skips.skipped(membership.at(nextHeight())).map(hexFromBytes)
    const pending = membership.pending()
    if (pending?.type === 'candidate') passed.push(hexFromBytes(pending.validator.institution))
    for (const host of world.hosts) {
      const institution = load.institutionOf(host.member)
      if (!host.replica || !institution || !passed.includes(hexFromBytes(institution))) continue
      if (host.disk.blocks.length + 2 < decisions.blocks.size || host.replica.status().abstaining) continue
      const known = readies.get(host.member)
      const isOld = known === undefined || !isOpen(known) || queue.nowMs() > known.sinceMs + READY_AGAIN_MS
      const own = isOld ? open(host.member, 'validator.ready', READY_PAYLOAD) : known
      readies.set(host.member, own)
      if (isOpen(own)) submit(host.member, own)
    }
  }

  const present = (): void => {
    for (const [place, own] of accusations) {
      if (!isOpen(own)) continue
      if (queue.nowMs() > own.sinceMs + RENEW_MS) accusations.delete(place)
      else submit(world.hosts[own.hostId]?.member ?? 0, own)
    }
  }

  const turn = (): void => {
    pursueAll()
    report()
    present()
    queue.after(TURN_MS * random.between(0.5, 1.5), turn)
  }

  return {
    begin: turn,
    isDone: () => motions.every(({ isDone }) => isDone),
    accuse: (hostId, record) => {
      const place = `${hexFromBytes(record.institution)}/${record.height}`
      const host = world.hosts[hostId]
      if (accusations.has(place) || accusations.size >= ACCUSATIONS_MAX || !host || !isVoting(host.member))
        return
      const payload = evidencePayload(record)
      accusations.set(place, { ...open(host.member, 'governance.evidence', payload), hostId })
    },
  }
}
