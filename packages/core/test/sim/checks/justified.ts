import type { ProposalMessage, SignedRoundChange } from '../../../src/consensus/index.ts'
import { equalBytes, hexFromBytes } from '../../../src/encoding/index.ts'
import { blockHash } from '../../../src/ledger/index.ts'
import { roundChangeMessage } from '../../../src/votes/index.ts'
import type { World } from '../world/world.ts'
import { isQuorum } from './arithmetic.ts'
import { isCertificate } from './certificates.ts'
import { type Check, Violation } from './check.ts'

/** The rule of S3, written from consensus Q5 and Q10, apart from src/consensus/justification.ts. */
const isJustified = (world: World, proposal: ProposalMessage): boolean => {
  const { membership, networkId, signatures } = world
  const { height, round, outline, roundChanges, prepared } = proposal
  const validators = membership.at(height)
  if (round === 0) return outline.header.round === 0
  const isSound = ({
    sender,
    newRound,
    preparedRound,
    preparedHash,
    signature,
  }: SignedRoundChange): boolean => {
    const key = validators[sender]?.votingKey
    const message = roundChangeMessage({ networkId, height, newRound, preparedRound, preparedHash })
    const isWhole = (preparedRound === undefined) === (preparedHash === undefined)
    return (
      newRound === round &&
      isWhole &&
      key !== undefined &&
      signatures.verifier.verify(key, message, signature)
    )
  }
  const senders = new Set(roundChanges.filter(isSound).map(({ sender }) => sender))
  if (senders.size !== roundChanges.length || !isQuorum(senders.size, validators.length)) return false
  const highest = Math.max(-1, ...roundChanges.map(({ preparedRound }) => preparedRound ?? -1))
  if (highest < 0) return outline.header.round === round
  const hash = blockHash(outline.header)
  return (
    roundChanges.some(
      (each) => each.preparedRound === highest && equalBytes(each.preparedHash as Uint8Array, hash),
    ) &&
    prepared !== undefined &&
    prepared.round === highest &&
    prepared.height === height &&
    isCertificate(world, prepared, 'prepare', hash)
  )
}

/** S3: whoever prepares in a round above 0 was shown that nothing else can have been decided. */
export const createJustified = (world: World): Check => {
  const shown = new Map<number, Map<string, boolean>>()
  const prepared = new Set<string>()
  const shownTo = (id: number): Map<string, boolean> => {
    const own = shown.get(id) ?? new Map<string, boolean>()
    shown.set(id, own)
    return own
  }
  const note = (id: number, proposal: ProposalMessage): void => {
    const place = `${proposal.height}/${proposal.round}/${hexFromBytes(blockHash(proposal.outline.header))}`
    const own = shownTo(id)
    if (own.get(place) !== true) own.set(place, isJustified(world, proposal))
  }
  return {
    arrived: (host, frame) => {
      if (frame.type === 'proposal' && frame.round > 0) note(host.id, frame)
    },
    sending: (host, frame) => {
      if (host.liar) return
      if (frame.type === 'proposal' && frame.round > 0) {
        note(host.id, frame)
        if (!isJustified(world, frame))
          throw new Violation('S3', `${host.peer} proposes what nothing justifies`)
      }
      if (frame.type !== 'prepare' || frame.round === 0) return
      if (frame.sender !== world.membership.indexOf(host.member, frame.height)) return
      const place = `${frame.height}/${frame.round}/${hexFromBytes(frame.blockHash)}`
      const name = `${host.id}/${place}`
      if (prepared.has(name)) return
      prepared.add(name)
      if (shown.get(host.id)?.get(place) !== true)
        throw new Violation('S3', `${host.peer} prepares ${place.slice(0, 14)} without a justification`)
    },
  }
}
