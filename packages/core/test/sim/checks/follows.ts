import { roundChangeMessage } from '../../../src/votes/index.ts'
import type { World } from '../world/world.ts'
import { faultyOf } from './arithmetic.ts'
import { type Check, Violation } from './check.ts'

interface Heard {
  readonly place: string
  /** Highest round that each member asked for, where it claimed no lock that would need proof. */
  readonly rounds: Map<number, number>
}

/** L1 by consensus Q19: f + 1 members in higher rounds move a validator at once. */
export const createFollows = (world: World): Check => {
  const heard = new Map<number, Heard>()
  let asked: number | undefined
  return {
    arrived: (host, frame) => {
      asked = undefined
      if (
        frame.type !== 'round-change' ||
        world.membership.indexOf(host.member, frame.height) < 0 ||
        host.conduct !== 'honest'
      )
        return
      const { claim, height } = frame
      const validators = world.membership.at(height)
      const key = validators[claim.sender]?.votingKey
      const message = roundChangeMessage({ ...claim, networkId: world.networkId, height })
      const isSound = key !== undefined && world.signatures.verifier.verify(key, message, claim.signature)
      const isPlain = claim.preparedRound === undefined && frame.prepared === undefined
      if (
        !isSound ||
        !isPlain ||
        claim.sender === world.membership.indexOf(host.member, height) ||
        height !== host.disk.blocks.length + 1
      )
        return
      const place = `${host.incarnation}/${height}`
      const known = heard.get(host.id)
      const own = known?.place === place ? known : { place, rounds: new Map<number, number>() }
      heard.set(host.id, own)
      own.rounds.set(claim.sender, Math.max(claim.newRound, own.rounds.get(claim.sender) ?? 0))
      asked = height
    },
    // A height that is begun anew, or a new round, is asked for again.
    effect: (host, effect) => {
      const isBegun = effect.type === 'log' && effect.event === 'consensus.begun-again'
      if (isBegun || effect.type === 'persist-last-signed') heard.delete(host.id)
    },
    settled: (host) => {
      const own = heard.get(host.id)
      if (asked === undefined || own === undefined) return
      const faulty = faultyOf(world.membership.at(asked).length)
      asked = undefined
      const reached = [...own.rounds.values()].sort((a, b) => b - a)[faulty]
      const status = host.replica?.status()
      if (
        reached === undefined ||
        status === undefined ||
        own.place !== `${host.incarnation}/${status.height + 1}`
      )
        return
      if (status.round < reached)
        throw new Violation('L1', `${host.peer} stays in round ${status.round} below ${reached}`)
    },
  }
}
