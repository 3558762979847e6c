import { randomBytes } from 'node:crypto'
import { roundChangeMessage, voteMessage } from '@medchain/core'
import { encodeFrame } from '../../../../core/src/consensus/messages.ts'
import { CONSENSUS_PROTOCOL } from '../../../src/network/protocol-ids.ts'
import { createSigner } from '../../../src/replica/signer.ts'
import type { HostileMember } from './hostile-member.ts'
import { type Poured, pourAgain, wireOf } from './pour.ts'

export interface Battle {
  readonly member: HostileMember
  readonly networkId: Uint8Array
  /** Place of the hostile member in the validator set. */
  readonly sender: number
  /** Height in progress, roughly. */
  readonly height: () => number
  readonly poured: Poured
}

type Frames = (battle: Battle) => () => Uint8Array

/** Round-changes, prepares and commits of heights and rounds to come, each truly signed. */
const signedFuture: Frames = ({ member, networkId, sender, height }) => {
  const signer = createSigner(member.keys.votingSeed)
  const blockHash = new Uint8Array(randomBytes(32))
  let count = 0
  return () => {
    count += 1
    const at = height() + (count % 13)
    const round = 1 + Math.floor(count / 13)
    if (count % 3 === 0) {
      const claim = { newRound: round, preparedRound: undefined, preparedHash: undefined }
      const signature = signer.sign(roundChangeMessage({ networkId, height: at, ...claim }))
      return encodeFrame({
        type: 'round-change',
        height: at,
        claim: { sender, ...claim, signature },
        prepared: undefined,
      })
    }
    const type = count % 3 === 1 ? 'prepare' : 'commit'
    const signature = signer.sign(voteMessage({ networkId, height: at, round, type, blockHash }))
    return encodeFrame({ type, height: at, round, sender, blockHash, signature })
  }
}

/** The same with signatures that are none. */
const unsignedFuture: Frames = ({ sender, height }) => {
  const blockHash = new Uint8Array(randomBytes(32))
  let count = 0
  return () => {
    count += 1
    const type = count % 2 === 0 ? 'prepare' : 'commit'
    const signature = new Uint8Array(randomBytes(64))
    return encodeFrame({
      type,
      height: height() + (count % 3),
      round: count % 3,
      sender,
      blockHash,
      signature,
    })
  }
}

/** Two votes of each kind for every round that is looked at: evidence without end. */
const equivocation: Frames = ({ member, networkId, sender, height }) => {
  const signer = createSigner(member.keys.votingSeed)
  let count = 0
  return () => {
    count += 1
    const at = height() + (count % 4)
    const round = Math.floor(count / 2) % 100_000
    const claim =
      count % 2 === 0
        ? { newRound: round + 1, preparedRound: undefined, preparedHash: undefined }
        : { newRound: round + 1, preparedRound: 0, preparedHash: new Uint8Array(randomBytes(32)) }
    const signature = signer.sign(roundChangeMessage({ networkId, height: at, ...claim }))
    return encodeFrame({
      type: 'round-change',
      height: at,
      claim: { sender, ...claim, signature },
      prepared: undefined,
    })
  }
}

/** Frames of nearly 1 MiB that decode as far as possible and then do not. */
const largeGarbage: Frames = () => {
  const frame = new Uint8Array(1024 * 1024 - 64).fill(0x80)
  frame.set([0x82, 0x68, ...Buffer.from('proposal'), 0x87])
  return () => frame
}

const FRAMES: Readonly<Record<string, Frames>> = { signedFuture, unsignedFuture, equivocation, largeGarbage }

/** Pours frames of one kind into the consensus streams of all targets. */
export const floodFrames = async (kind: string, battle: Battle): Promise<void> => {
  const frames = FRAMES[kind]
  if (!frames) throw new Error(`no frames ${kind}`)
  const { member, poured } = battle
  await Promise.all(
    member.targets.map((target) => {
      const next = frames(battle)
      return pourAgain(
        () => member.connect(target),
        CONSENSUS_PROTOCOL,
        () => wireOf(next()),
        poured,
      )
    }),
  )
}
