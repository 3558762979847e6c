import { type ConsensusMessage, isConsensusMessage, roundOf } from '../../../src/consensus/index.ts'
import { hexFromBytes } from '../../../src/encoding/index.ts'
import { blockHash } from '../../../src/ledger/index.ts'
import type { Certificate } from '../../../src/votes/index.ts'
import { committedFrom } from '../world/decoded.ts'
import type { Host } from '../world/host.ts'
import type { World } from '../world/world.ts'
import { membersOf } from './arithmetic.ts'
import { isCertificate } from './certificates.ts'
import { type Check, isOwn, Violation } from './check.ts'

const contentOf = (message: ConsensusMessage): string => {
  if (message.type === 'proposal') return hexFromBytes(blockHash(message.outline.header))
  if (message.type !== 'round-change') return hexFromBytes(message.blockHash)
  const { preparedRound, preparedHash } = message.claim
  return `${preparedRound ?? '-'}/${preparedHash ? hexFromBytes(preparedHash) : '-'}`
}

/**
 * S2 one word for each (height, round, type), across crashes. Beside it, what a member claims to have prepared is
 * at least what it committed to (without which S3 means nothing), and the certificates it passes on are true (S4).
 */
export const createOwnWords = (world: World): Check => {
  const words = new Map<string, string>()
  /** Highest round in which a member committed, by `member/height`. */
  const locks = new Map<string, { readonly round: number; readonly hash: string }>()

  const checkCommit = (name: string, round: number, hash: string): void => {
    const lock = locks.get(name)
    if (lock === undefined || lock.round < round) locks.set(name, { round, hash })
  }

  const checkClaim = (name: string, message: Extract<ConsensusMessage, { type: 'round-change' }>): void => {
    const { newRound, preparedRound, preparedHash } = message.claim
    const lock = locks.get(name)
    if (lock === undefined || lock.round >= newRound) return
    const isLower = (preparedRound ?? -1) < lock.round
    const isOther = preparedRound === lock.round && preparedHash && hexFromBytes(preparedHash) !== lock.hash
    if (isLower || isOther)
      throw new Violation(
        'S3',
        `${name} committed in round ${lock.round} and claims ${preparedRound ?? 'nothing'}`,
      )
  }

  const checkPrepared = (host: Host, message: ConsensusMessage): void => {
    if (message.type !== 'proposal' && message.type !== 'round-change') return
    const { prepared } = message
    const hash = message.type === 'proposal' ? blockHash(message.outline.header) : message.claim.preparedHash
    const round = message.type === 'round-change' ? message.claim.preparedRound : prepared?.round
    if (prepared === undefined || hash === undefined) return
    if (
      prepared.round !== round ||
      prepared.height !== message.height ||
      !isCertificate(world, prepared, 'prepare', hash)
    )
      throw new Violation('S4', `${host.peer} passes on a prepared certificate that is no quorum's`)
  }

  /** Whoever is named in a commit certificate and is honest did say so, whatever bytes were signed. */
  const checkSigners = ({ height, round, blockHash: hash, bitmap }: Certificate): void => {
    for (const index of membersOf(bitmap)) {
      const member = world.membership.memberAt(height, index)
      const signers = world.hosts.filter((host) => host.member === member)
      if (signers.some((host) => host.isExempt || host.liar)) continue
      if (words.get(`${member}/${height}/${round}/commit`) !== hexFromBytes(hash))
        throw new Violation('S4', `the certificate of block ${height} names ${member}, which never committed`)
    }
  }

  return {
    effect: (_host, effect) => {
      if (effect.type !== 'append-blocks') return
      for (const { bytes } of effect.blocks) checkSigners(committedFrom(bytes).certificate)
    },
    sending: (host, frame) => {
      if (!isConsensusMessage(frame) || host.isExempt || host.liar || !isOwn(world, host, frame)) return
      const member = `${host.member}/${frame.height}`
      const place = `${member}/${roundOf(frame)}/${frame.type}`
      const content = contentOf(frame)
      const known = words.get(place)
      if (known !== undefined && known !== content)
        throw new Violation('S2', `two different words at ${place}`)
      if (known !== undefined) return
      words.set(place, content)
      if (frame.type === 'commit') checkCommit(member, frame.round, content)
      else if (frame.type === 'round-change') checkClaim(member, frame)
      checkPrepared(host, frame)
    },
  }
}
