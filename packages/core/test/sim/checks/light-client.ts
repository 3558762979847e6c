import { hexFromBytes } from '../../../src/encoding/index.ts'
import {
  blockHash,
  type CommittedBlock,
  decodeCommittedBlock,
  validatorsOf,
} from '../../../src/ledger/index.ts'
import {
  type Era,
  followHandovers,
  type Handover,
  validateCommittedHeader,
  validatorsAt,
} from '../../../src/proofs/index.ts'
import { committedFrom } from '../world/decoded.ts'
import type { World } from '../world/world.ts'
import { type Check, Violation } from './check.ts'
import type { Decisions } from './decisions.ts'

/**
 * S14: a client that knows the genesis document and follows handovers believes every decided block, and of what
 * liars pass around nothing but these.
 */
export const createLightClient = (world: World, decisions: Decisions): Check => {
  const { genesis, networkId, signatures, membership } = world
  const { handovers } = decisions
  const looked = new WeakSet<Uint8Array>()
  const believed = new Map<number, string>()
  let eras: readonly Era[] = [{ fromHeight: 1, validators: validatorsOf(genesis) }]
  let top = 0

  const believes = ({ block, certificate }: CommittedBlock): boolean => {
    const set = validatorsAt(eras, block.header.height)
    return validateCommittedHeader(block.header, certificate, networkId, set, signatures.verifier).ok
  }

  const follow = (list: readonly Handover[]) =>
    followHandovers(validatorsOf(genesis), networkId, list, signatures.verifier)

  const onDecided = (bytes: Uint8Array): void => {
    const committed = committedFrom(bytes)
    const { header } = committed.block
    if (header.height !== top + 1) return
    top = header.height
    if (!believes(committed)) throw new Violation('S14', `a light client refuses block ${header.height}`)
    if (handovers.at(-1)?.header.height !== header.height) return
    const followed = follow(handovers)
    if (!followed.ok) throw new Violation('S14', `a light client refuses the handover of ${header.height}`)
    eras = followed.value
  }

  /** Above the next height nobody can know the set yet. */
  const onHeard = (bytes: Uint8Array): void => {
    if (looked.has(bytes)) return
    looked.add(bytes)
    const committed = decodeCommittedBlock(bytes)
    if (!committed.ok || committed.value.block.header.height > top + 1 || !believes(committed.value)) return
    const { header } = committed.value.block
    const name = hexFromBytes(blockHash(header))
    const known = decisions.blocks.get(header.height)?.hash ?? believed.get(header.height) ?? name
    believed.set(header.height, name)
    if (known !== name)
      throw new Violation('S14', `a light client believes a block ${header.height} that is not the chain's`)
  }

  /** Another set under a true certificate, and a true set under one signature too few. */
  const checkForgeries = (): void => {
    const last = handovers.at(-1)
    if (last === undefined) return
    const { bitmap, signatures: signed } = last.certificate
    const own = membership.at(last.header.height)
    const few = Math.ceil((2 * own.length) / 3) - 1
    const forged: readonly Handover[] = [
      { ...last, validators: last.validators.slice(1) },
      { ...last, certificate: { ...last.certificate, bitmap, signatures: signed.slice(0, few) } },
      { ...last, header: { ...last.header, height: last.header.height + 1 } },
    ]
    for (const each of forged)
      if (follow([...handovers.slice(0, -1), each]).ok)
        throw new Violation('S14', 'a light client follows a forged handover')
  }

  return {
    effect: (_host, effect) => {
      if (effect.type === 'append-blocks') for (const { bytes } of effect.blocks) onDecided(bytes)
    },
    arrived: (_host, frame) => {
      if (frame.type === 'decided') onHeard(frame.committed)
    },
    judged: (_host, topic, bytes) => {
      if (topic === 'blocks') onHeard(bytes)
    },
    ended: checkForgeries,
  }
}
