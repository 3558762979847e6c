import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Action, decode, hexFromBytes, type Inception, ok, type Result } from '@medchain/core'
import { signatureVerifier } from '../../src/replica/verifier.ts'
import { createPrivacy, type Privacy, type PrivacyOptions } from '../../src/requests/create-privacy.ts'
import type { HostPorts, PeerPort } from '../../src/requests/ports.ts'
import { signRequest } from '../../src/requests/sign-request.ts'
import { createMemoryChain, type MemoryChain, type TestInstitution } from './memory-chain.ts'
import { createMemoryVault, type MemoryVault } from './memory-vault.ts'
import { createTestClock, type TestClock } from './test-clock.ts'

type Handler = (from: Uint8Array, body: Uint8Array) => Promise<Uint8Array>

/** Whoever signs requests in a test. */
export interface TestActor {
  readonly id: Uint8Array
  readonly inception?: Inception
  readonly sign: (message: Uint8Array) => Uint8Array
}

export interface TestNode {
  readonly institution: TestInstitution
  readonly vault: MemoryVault
  readonly folder: string
  readonly ports: HostPorts
  privacy: Privacy
}

/** What people and readers need of a consortium, in memory or of real daemons. */
export interface World {
  readonly clock: { readonly wallMs: () => number }
  readonly chain: Pick<MemoryChain, 'networkId' | 'head' | 'submit' | 'anchorsOf'> & {
    readonly institutions: readonly Pick<TestInstitution, 'id' | 'sealingKey'>[]
  }
  readonly nodes: readonly {
    readonly institution: Pick<TestInstitution, 'id' | 'sealingKey'>
    readonly privacy: Pick<Privacy, 'answer'>
  }[]
  readonly ask: Consortium['ask']
}

/** Four institutions whose nodes share a chain in memory and reach each other unless they are `down`. */
export interface Consortium {
  readonly clock: TestClock
  readonly chain: MemoryChain
  readonly nodes: readonly TestNode[]
  /** Indices of nodes that nobody reaches. */
  readonly down: Set<number>
  /** Where the nodes keep their files. */
  readonly folder: string
  /** Asks through node `via`; the node named `at` (default: the same) answers. */
  readonly ask: <P, A>(
    via: number,
    actor: TestActor,
    action: Action<P, A>,
    payload: P,
    at?: number,
  ) => Promise<Result<A>>
  readonly restart: (index: number) => Promise<void>
  readonly close: () => Promise<void>
}

/** Everything that the node took in is with all its holders. One whose import goes on is not tried a second time. */
export const untilHandedOver = async ({ nodes }: Pick<Consortium, 'nodes'>, at: number): Promise<void> => {
  while (((await nodes[at]?.privacy.retry()) ?? 0) > 0) await new Promise(setImmediate)
}

/** Where files lie in memory, as far as the machine has such a place. */
const memoryFolder = (): string => (existsSync('/dev/shm') ? '/dev/shm' : tmpdir())

const ANSWER_BYTES_MAX = 25 * 1024 * 1024

export const createConsortium = async (
  options: Partial<PrivacyOptions> = {},
  members = 4,
): Promise<Consortium> => {
  const clock = createTestClock()
  const chain = createMemoryChain(clock, members)
  const down = new Set<number>()
  const handlers = new Map<string, Handler>()
  const root = await mkdtemp(path.join(memoryFolder(), 'medchain-privacy-'))

  const peersOf = (institution: TestInstitution): PeerPort => ({
    async request(to, body) {
      const index = chain.institutions.findIndex(({ id }) => hexFromBytes(id) === hexFromBytes(to))
      const handler = handlers.get(hexFromBytes(to))
      const isCut = down.has(index) || down.has(chain.institutions.indexOf(institution))
      if (!handler || isCut) throw Object.assign(new Error('not connected'), { code: 'network.unreachable' })
      return handler(institution.id, body)
    },
    serve: (handler) => void handlers.set(hexFromBytes(institution.id), handler),
  })

  const optionsOf = (folder: string): PrivacyOptions => ({
    folder,
    auditFolder: path.join(folder, 'audit'),
    invites: path.join(folder, 'invites'),
    sponsorPolicy: 'auto',
    ...options,
  })

  const startNode = async (institution: TestInstitution, index: number): Promise<TestNode> => {
    const { id, sign, sealingSecret, importSecret } = institution
    const vault = createMemoryVault()
    const quiet = () => undefined
    const ports: HostPorts = {
      chain,
      peers: peersOf(institution),
      vault,
      self: { id, sign, sealingSecret, importSecret },
      verifier: signatureVerifier,
      clock,
      logger: { info: quiet, warn: quiet },
    }
    const folder = path.join(root, String(index))
    const privacy = await createPrivacy(ports, optionsOf(folder))
    await privacy.start()
    return { institution, vault, folder, ports, privacy }
  }

  const nodes: TestNode[] = []
  for (const [index, institution] of chain.institutions.entries())
    nodes.push(await startNode(institution, index))
  const nodeAt = (index: number): TestNode => nodes[index] as TestNode

  return {
    clock,
    chain,
    nodes,
    down,
    folder: root,
    async ask(via, actor, action, payload, at = via) {
      const node = nodeAt(at).institution.id
      const sender = {
        networkId: chain.networkId,
        node,
        actor: actor.id,
        inception: actor.inception,
        sign: actor.sign,
      }
      const body = signRequest({ ...sender, nowMs: clock.wallMs() }, action, payload)
      const answer = await nodeAt(via).privacy.answer(body)
      if (!answer.ok) return answer
      const decoded = decode(action.answer, answer.value, ANSWER_BYTES_MAX)
      return decoded.ok ? ok(decoded.value) : decoded
    },
    async restart(index) {
      const node = nodeAt(index)
      await node.privacy.close()
      node.privacy = await createPrivacy(node.ports, optionsOf(node.folder))
      await node.privacy.start()
    },
    async close() {
      for (const node of nodes) await node.privacy.close()
      await rm(root, { recursive: true, force: true })
    },
  }
}
