import {
  agentScopes,
  base32FromBytes,
  bytesFromHex,
  certificateSchema,
  chartEpochs,
  didFromAccountId,
  encode,
  type Grant,
  grantsOfChart,
  headerSchema,
  hexFromBytes,
  memberHistoryIn,
  type Purpose,
  positionKey,
  recordIdOf,
  unwrap,
} from '@medchain/core'
import { createRequestTransport } from '@medchain/node'
import { anchorsFrom } from '../../../node/test/disclosure/reading.ts'
import type { TestActor } from '../../../node/test/requests/consortium.ts'
import type { TestChart } from '../../../node/test/requests/people.ts'
import type { ResearchWorld } from '../../../node/test/research/research-world.ts'
import { type Candidate, candidatesOf } from '../../src/reading/candidates.ts'
import { exportCandidates } from '../../src/reading/export-candidates.ts'
import { type GrantedList, inForceLast } from '../../src/reading/granted-lists.ts'
import { compareCandidates, listPage } from '../../src/reading/list-records.ts'
import { type ReadingPlace, readCandidates } from '../../src/reading/read-candidates.ts'
import type { ReadableChart } from '../../src/reading/readable-charts.ts'

type Chain = ResearchWorld['chain']

const grantInfo = (grant: Grant) => ({
  ...grant,
  grantId: base32FromBytes(grant.grantId),
  grantee: didFromAccountId(grant.grantee),
  scopeDigest: grant.scopeDigest ? hexFromBytes(grant.scopeDigest) : null,
  revokedHeight: grant.revokedHeight ?? null,
})

const NO_HASH = new Uint8Array(32)
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/** The state in memory as a node tells it; nobody signs its blocks, so nothing of it can be proven. */
const clientOf = (chain: Chain) => ({
  isTrusting: true,
  networkId: async () => chain.networkId,
  ask: async (_path: string, { keys }: { readonly keys: readonly string[] }) => {
    const { height, timeMs } = chain.head()
    const header = {
      version: 1,
      networkId: chain.networkId,
      height,
      round: 0,
      parentHash: NO_HASH,
      timeMs,
      proposer: NO_HASH,
      transactionsRoot: NO_HASH,
      stateRoot: NO_HASH,
      logRoot: NO_HASH,
      logSize: 0,
      validatorSetHash: NO_HASH,
      nextValidatorSetHash: NO_HASH,
    }
    const certificate = { height, round: 0, blockHash: NO_HASH, bitmap: new Uint8Array(1), signatures: [] }
    return {
      header: base64(encode(headerSchema, header)),
      certificate: base64(encode(certificateSchema, certificate)),
      entries: keys.map((key) => {
        const value = chain.read(unwrap(bytesFromHex(key)))
        return { value: value ? base64(value) : null, proof: '' }
      }),
    }
  },
})

/** One reader's view of the charts, through the same code as the commands. */
export interface Reader {
  readonly candidates: () => Promise<readonly Candidate[]>
  /** Ids as `record show` opens them, one by one. */
  readonly show: (candidates: readonly Candidate[], purpose: Purpose) => Promise<string[]>
  /** Ids as `records` lists them, page by page, and how many pages there were. */
  readonly list: (purpose: Purpose, limit: number) => Promise<{ ids: string[]; pages: number }>
  /** Ids as `chart --out` writes them. */
  readonly export: (purpose: Purpose) => Promise<string[]>
}

export interface ReaderParts {
  readonly world: ResearchWorld
  readonly via: number
  readonly actor: TestActor
  readonly charts: readonly TestChart[]
  /** Lists of grants to the reader, by chart. */
  readonly lists: (
    chart: TestChart,
  ) => readonly { readonly grantId: Uint8Array; readonly recordIds: readonly Uint8Array[] }[]
}

export const createReader = ({ world, via, actor, charts, lists }: ReaderParts): Reader => {
  const { chain, clock } = world
  const client = clientOf(chain)
  const node = world.nodes[via] as ResearchWorld['nodes'][number]
  const place = (): ReadingPlace =>
    ({
      client,
      networkId: chain.networkId,
      now: clock.wallMs,
      servingNode: node.institution.id,
      members: [],
      memberHistory: memberHistoryIn(chain.head().view),
      minHeight: chain.head().height,
      epochKeyOf: async (chart: Uint8Array, epoch: number) =>
        chain.head().view.get(chartEpochs, chart, positionKey(epoch)),
      transportFor: (as: TestActor) =>
        createRequestTransport(
          {
            networkId: chain.networkId,
            actor: as.id,
            sign: as.sign,
            post: (body) => node.privacy.answer(body),
            nowMs: clock.wallMs,
          },
          node.institution.id,
          anchorsFrom(world),
        ),
    }) as unknown as ReadingPlace
  type Lists = ReturnType<ReaderParts['lists']>
  const ranked = (chart: TestChart, given: Lists): readonly GrantedList[] => {
    const told = grantsOfChart(chain.head().view, chart.id).map(grantInfo)
    return inForceLast(given, told as never, clock.wallMs())
  }
  const readable = async (chart: TestChart): Promise<ReadableChart> => ({
    chart: chart.id,
    did: didFromAccountId(chart.id),
    compartment: 'general',
    subject: didFromAccountId(chart.person),
    actor: { ...actor, inception: undefined },
    isOwn: false,
    epochSecrets: new Map([[0, chart.epochSecret]]),
    recordLists: ranked(chart, lists(chart)).map((list) => ({ ...list, keys: [] })),
    institutionLists: ranked(chart, unwrap(await world.ask(via, actor, agentScopes, { chart: chart.id }))),
    institution: node.institution.id,
  })
  const candidates = async () =>
    (
      await Promise.all(charts.map(async (chart) => candidatesOf(client as never, await readable(chart))))
    ).flat()
  const silent = () => undefined
  return {
    candidates,
    async show(asked, purpose) {
      const shown: string[] = []
      for (const candidate of asked)
        for await (const { result } of readCandidates(place(), [candidate], 'read', purpose))
          if (result.ok) shown.push(candidate.id)
      return shown
    },
    async list(purpose, limit) {
      const ids: string[] = []
      let cursor: string | undefined
      let pages = 0
      do {
        const read = (page: readonly Candidate[]) => readCandidates(place(), page, 'list', purpose)
        const page = await listPage(read, await candidates(), { limit, cursor }, silent)
        ids.push(...page.records.map(({ candidate }) => candidate.id))
        cursor = page.next
        pages += 1
      } while (cursor !== undefined)
      return { ids, pages }
    },
    async export(purpose) {
      const ids: string[] = []
      const { written } = await exportCandidates([...(await candidates())].sort(compareCandidates), {
        read: (page) => readCandidates(place(), page, 'read', purpose),
        sink: { add: async ({ id }) => void ids.push(id), endPage: async () => undefined },
        hasEnded: async () => false,
        note: silent,
        progress: silent,
        told: (error) => error,
      })
      return written.join() === ids.join() ? ids : ['the report differs from what was written']
    },
  }
}

export const idsOf = (batchId: Uint8Array, count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, position) => recordIdOf(batchId, position))
