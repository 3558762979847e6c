import { encodeFrame } from '../../../src/consensus/index.ts'
import {
  DEFAULT_PARAMETERS,
  type Genesis,
  type GenesisMember,
  networkIdOf,
  validatorsOf,
} from '../../../src/ledger/index.ts'
import { createAnswered } from '../checks/answered.ts'
import {
  createAdmitted,
  createBounds,
  createEvidence,
  createHalts,
  createPassedOn,
} from '../checks/bounds.ts'
import { type Check, joinChecks } from '../checks/check.ts'
import { createDecisions, type Decisions } from '../checks/decisions.ts'
import { createDurable } from '../checks/durable.ts'
import { createFollows } from '../checks/follows.ts'
import { createJustified } from '../checks/justified.ts'
import { createLightClient } from '../checks/light-client.ts'
import { createMembership } from '../checks/membership.ts'
import { createOwnWords } from '../checks/own-words.ts'
import { createReplay } from '../checks/replay.ts'
import { createVoices } from '../checks/voices.ts'
import { createLiar } from '../liars/create-liar.ts'
import { newDisk } from './disk.ts'
import { createEventQueue } from './event-queue.ts'
import { createFaultCounts } from './faults.ts'
import { createGovernors } from './governors.ts'
import type { Host } from './host.ts'
import { createLoad } from './load.ts'
import { createNetwork } from './network.ts'
import { createRandom } from './random.ts'
import type { Conduct, Scenario } from './scenario.ts'
import { bytesOf, createSignatures, type Signatures } from './signatures.ts'
import { START_MS, type World } from './world.ts'

const institution = (signatures: Signatures, index: number, isValidator: boolean): GenesisMember => ({
  name: `institution ${index}`,
  role: 'hospital',
  signingKey: signatures.signerOf(`signing ${index}`).publicKey,
  sealingKey: bytesOf(`sealing of member ${index}`),
  salt: bytesOf(`salt of member ${index}`),
  votingKey: signatures.signerOf(`voting ${index}`).publicKey,
  nodeKey: bytesOf(`node ${index}`),
  addresses: [],
  isValidator,
})

/** The validators of height 1, then those that are to join. */
const institutionsOf = ({ size, joiners }: Scenario, signatures: Signatures): readonly GenesisMember[] => [
  ...Array.from({ length: size }, (_, index) => institution(signatures, index, true)),
  ...joiners.map((_, index) => institution(signatures, size + index, false)),
]

const genesisOf = (scenario: Scenario, institutions: readonly GenesisMember[]): Genesis => ({
  version: 1,
  name: `simulated ${scenario.seed}`,
  timeMs: START_MS - 60_000,
  parameters: {
    ...DEFAULT_PARAMETERS,
    heartbeatMs: scenario.heartbeatMs,
    blockIntervalMs: scenario.blockIntervalMs,
  },
  members: institutions.filter((_, index) => scenario.joiners[index - scenario.size] !== false),
})

const say = (world: World, host: () => Host): Parameters<typeof createLiar>[3] => {
  return (frame) => {
    const bytes = encodeFrame(frame)
    for (const to of world.hosts) {
      if (to === host() || !world.network.isLinked(host(), to)) continue
      world.network.deliver(host(), to, frame.type, { type: 'frame', from: host().peer, bytes })
    }
  }
}

const createHost = (world: World, id: number, member: number, conduct: Conduct, peer: string): Host => {
  const host: Host = {
    id,
    peer,
    member,
    conduct,
    liar:
      conduct === 'liar'
        ? createLiar(
            world,
            () => host,
            member,
            say(world, () => host),
          )
        : undefined,
    isOutdated: conduct === 'outdated',
    isExempt: conduct === 'liar' || conduct === 'twin',
    disk: newDisk(world.networkId),
    backup: undefined,
    isBackupDamaged: false,
    replica: undefined,
    incarnation: 0,
    crashIn: undefined,
    pausedUntilMs: 0,
    inbox: [],
    diskFullUntilMs: 0,
    clock: { offsetMs: 0, rate: 1 },
    halted: undefined,
    isInstalled: false,
    isDamaged: false,
  }
  return host
}

/** Validators in the order of the genesis, then second processes of twins, then those who join, then observers. */
const createHosts = (world: World): Host[] => {
  const { conducts, joiners, observers, size } = world.scenario
  const hosts = conducts.map((conduct, id) => createHost(world, id, id, conduct, `node-${id}`))
  for (const [member, conduct] of conducts.entries())
    if (conduct === 'twin')
      hosts.push(createHost(world, hosts.length, member, conduct, `node-${member}-again`))
  for (const index of joiners.keys())
    hosts.push(createHost(world, hosts.length, size + index, 'honest', `joiner-${size + index}`))
  for (let index = 0; index < observers; index++)
    hosts.push(createHost(world, hosts.length, -1, 'honest', `observer-${size + index}`))
  return hosts
}

const checksOf = (world: World, decisions: Decisions): readonly Check[] => [
  decisions.check,
  world.voices.check,
  createOwnWords(world),
  createJustified(world),
  createDurable(world),
  createReplay(world, decisions),
  createEvidence(world),
  createBounds(world),
  createAnswered(world),
  createFollows(world),
  createAdmitted(),
  createPassedOn(decisions),
  createLightClient(world, decisions),
  createHalts(world),
]

/** The parts of a run, put together; nothing has started yet. */
export const createWorld = (
  scenario: Scenario,
  trace?: (line: string) => void,
): { readonly world: World; readonly decisions: Decisions } => {
  const random = createRandom(scenario.seed)
  const signatures = createSignatures(scenario.seed, scenario.isRealSigned)
  const institutions = institutionsOf(scenario, signatures)
  const genesis = genesisOf(scenario, institutions)
  const networkId = networkIdOf(genesis)
  const counts = createFaultCounts()
  const load = createLoad(
    institutions,
    networkId,
    signatures,
    random.fork(2),
    counts,
    scenario.blockWritesMax,
  )
  const queue = createEventQueue()
  // The parts know one another through the world, which is complete before anything runs.
  const world = {
    scenario,
    genesis,
    networkId,
    signatures,
    queue,
    counts,
    random,
    load,
    institutions,
    membership: createMembership(institutions, validatorsOf(genesis)),
    isFaulty: true,
    leapMs: 0,
    trace,
  }
  const whole = world as unknown as World & { hosts: Host[] }
  const decisions = createDecisions(whole)
  Object.assign(world, { decisions, voices: createVoices(whole) })
  Object.assign(world, { checks: joinChecks(checksOf(whole, decisions)) })
  Object.assign(world, { network: createNetwork(whole) })
  Object.assign(world, { hosts: createHosts(whole) })
  Object.assign(world, { governors: createGovernors(whole, decisions) })
  return { world: whole, decisions }
}
