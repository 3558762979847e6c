import { blob, encode, list } from '../../../src/encoding/index.ts'
import { roundChangeMessage, voteMessage } from '../../../src/votes/index.ts'
import type { Host } from '../world/host.ts'
import { evidencePayload, proposalPayload } from '../world/payloads.ts'
import { handle } from '../world/process.ts'
import { type World, worldMs } from '../world/world.ts'
import type { HeightKnowledge } from './knowledge.ts'
import type { LiarScope } from './tricks.ts'

const bundleSchema = list(blob(512 * 1024), 1024)

interface Signed {
  readonly message: Uint8Array
  readonly signature: Uint8Array
}

interface HeardWord extends Signed {
  readonly kind: 'prepare' | 'commit' | 'round-change'
}

/** What a member truly signed at a height, as the liar heard it. */
const wordsOf = (world: World, known: HeightKnowledge, sender: number): readonly HeardWord[] => {
  const { networkId } = world
  const { height } = known
  const votes = [...known.votes.values()].flatMap(({ type, round, hash, signatures }): HeardWord[] => {
    const signature = signatures.get(sender)
    if (signature === undefined || (type !== 'prepare' && type !== 'commit')) return []
    const message = voteMessage({ networkId, height, round, type, blockHash: hash })
    return [{ kind: type, message, signature }]
  })
  const claims = [...known.claims.values()].flatMap((bySender): HeardWord[] => {
    const claim = bySender.get(sender)
    if (claim === undefined) return []
    const message = roundChangeMessage({ ...claim, networkId, height })
    return [{ kind: 'round-change', message, signature: claim.signature }]
  })
  return [...votes, ...claims]
}

/**
 * Evidence against somebody who did nothing: two true words that stand in different places, one of them twice, or
 * one beside a word of the liar's own under the other's name.
 */
export const accuse = (scope: LiarScope, known: HeightKnowledge, world: World, host: Host): void => {
  const { random, pen, counts } = scope
  const { membership, load, network } = world
  const index = random.int(scope.sizeAt(known.height))
  const victim = membership.memberAt(known.height, index)
  const institution = load.institutionOf(victim)
  const [first, other] = random.shuffled(wordsOf(world, known, index))
  if (first === undefined || institution === undefined || victim === host.member) return
  const own = pen.vote('prepare', known.height, known.round, new Uint8Array(32).fill(random.int(256)))
  const message = voteMessage({ ...own, networkId: world.networkId, type: 'prepare' })
  const second = random.pick<Signed>([
    first,
    other ?? first,
    { message, signature: own.signature },
    { message, signature: first.signature },
  ])
  const kind = random.pick([first.kind, first.kind, 'prepare' as const])
  const payload = evidencePayload({ kind, first, second, institution })
  const { bytes } = load.sign(host.member, 'governance.evidence', payload, worldMs(world))
  counts.note('liar.false-evidence')
  network.gossip.publish(host, 'bundles', encode(bundleSchema, [bytes]))
}

/** Proposals to vote, one after another, that nobody asked for. */
export const proposeAnything = ({ random, counts }: LiarScope, world: World, host: Host): void => {
  const { load, genesis, scenario } = world
  const institution = load.institutionOf(random.int(scenario.size))
  if (institution === undefined) return
  const parameters = { ...genesis.parameters, heartbeatMs: 60_000 + random.int(9) }
  const payload = proposalPayload(
    random.pick([
      { type: 'remove' as const, institution, keepsAccount: random.chance(0.5) },
      { type: 'parameters' as const, parameters },
      { type: 'protocol' as const, version: 2 + random.int(2), fromHeight: 0 },
    ]),
  )
  const { bytes } = load.sign(host.member, 'governance.propose', payload, worldMs(world))
  counts.note('liar.proposal-spam')
  handle(world, host, { type: 'submit', token: 0, bytes })
}
