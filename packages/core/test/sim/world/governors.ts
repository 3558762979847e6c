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

export const createGovernors = (world: World, decisions: Decisions): Governors => {
  const { load, membership, scenario, institutions, queue } = world
  const random = world.random.fork(23)
  const steps: Step[] = [...scenario.steps]
  let joined = 0
  let proposal: (Open & { readonly action: GovernanceAction }) | undefined
  const votes = new Map<string, Open>()
  const readies = new Map<number, Open>()
  const accusations = new Map<string, Open & { readonly hostId: number }>()
  let token = 1_000_000

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

  const actionOf = (step: Step): GovernanceAction | undefined => {
    if (step === 'join') {
      const member = institutions[scenario.size + joined]
      return member && { type: 'add', member: { ...member, isValidator: true } }
    }
    if (step === 'parameters')
      return {
        type: 'parameters',
        parameters: {
          ...world.genesis.parameters,
          blockIntervalMs: world.genesis.parameters.blockIntervalMs + 7 * steps.length,
        },
      }
    if (step === 'protocol')
      return { type: 'protocol', version: 2, fromHeight: nextHeight() + 2 + random.int(6) }
    const member = leaver()
    const institution = member === undefined ? undefined : load.institutionOf(member)
    return institution && { type: 'remove', institution, keepsAccount: step === 'leave' }
  }

  const propose = (step: Step): void => {
    const action = actionOf(step)
    const proposers = honest()
    if (action === undefined || proposers.length === 0) {
      steps.shift()
      return
    }
    proposal = { ...open(random.pick(proposers), 'governance.propose', proposalPayload(action)), action }
  }

  const finish = (): void => {
    if (steps.shift() === 'join') joined += 1
    proposal = undefined
  }

  const isInForce = (action: GovernanceAction): boolean => {
    if (action.type !== 'protocol') return membership.pending() === undefined
    return decisions.blocks.size >= (membership.protocolFrom() ?? Infinity)
  }

  const vote = (name: string): void => {
    for (const member of institutions.keys()) {
      if (!isVoting(member)) continue
      const place = `${name}/${member}`
      const approves = scenario.conducts[member] !== 'liar' || random.chance(0.5)
      const id = unwrap(bytesFromHex(name))
      const own = votes.get(place) ?? open(member, 'governance.vote', votePayload(id, approves))
      votes.set(place, own)
      if (isOpen(own)) submit(member, own)
    }
  }

  const pursue = (): void => {
    const [step] = steps
    if (step === undefined) return
    if (proposal === undefined) propose(step)
    if (proposal === undefined) return
    const { action, sinceMs, transaction } = proposal
    const ballot = membership.ballots.get(transaction.txId)
    if (ballot === undefined) {
      submit(random.pick(honest()), proposal)
      if (queue.nowMs() > sinceMs + RENEW_MS) proposal = undefined
    } else if (ballot.isOpen) vote(transaction.txId)
    else if (action.type !== 'add' || membership.pending()?.type !== 'candidate') {
      if (isInForce(action)) finish()
    }
  }

  /** Whoever is passed over and runs, and a candidate that has the chain, says so. */
  const report = (): void => {
    const passed = membership.skips.skipped(membership.at(nextHeight())).map(hexFromBytes)
    const pending = membership.pending()
    if (pending?.type === 'candidate') passed.push(hexFromBytes(pending.validator.institution))
    for (const host of world.hosts) {
      const institution = load.institutionOf(host.member)
      if (!host.replica || !institution || !passed.includes(hexFromBytes(institution))) continue
      if (host.disk.blocks.length + 2 < decisions.blocks.size) continue
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
    pursue()
    report()
    present()
    queue.after(TURN_MS * random.between(0.5, 1.5), turn)
  }

  return {
    begin: turn,
    isDone: () => steps.length === 0,
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
