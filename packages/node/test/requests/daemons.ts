import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  type Action,
  accounts,
  anchoringSchema,
  batches,
  decode,
  hexFromBytes,
  ok,
  pendingFromBytes,
  type Result,
  refuse,
  unwrap,
} from '@medchain/core'
import { createLocalNetwork, type LocalNode, type RunningDaemon, startDaemon } from '../../src/index.ts'
import { signRequest } from '../../src/requests/sign-request.ts'
import { until } from '../network/network-world.ts'
import { freePorts } from '../process/free-ports.ts'
import type { TestActor, World } from './consortium.ts'

/** Four daemons in this process, reached over HTTP alone. */
export interface DaemonWorld extends World {
  readonly homes: readonly string[]
  readonly urls: readonly string[]
  readonly stop: (index: number) => Promise<void>
  readonly start: (index: number) => Promise<void>
  readonly close: () => Promise<void>
}

const ANSWER_BYTES_MAX = 25 * 1024 * 1024

const postTo = async (apiUrl: string, body: Uint8Array): Promise<Result<Uint8Array>> => {
  const headers = { 'content-type': 'application/cbor' }
  const response = await fetch(`${apiUrl}/v1/requests`, { method: 'POST', headers, body: Buffer.from(body) })
  if (response.status === 200) return ok(new Uint8Array(await response.arrayBuffer()))
  const problem = (await response.json()) as { code: string; detail: string }
  return refuse(problem.code, problem.detail)
}

export const startDaemons = async (): Promise<DaemonWorld> => {
  const dir = await mkdtemp(path.join(tmpdir(), 'medchain-daemons-'))
  const ports = await freePorts(8)
  const places = [0, 2, 4, 6].map((at) => ({ api: ports[at] as number, p2p: ports[at + 1] as number }))
  const network = unwrap(await createLocalNetwork({ dir, validators: 4, basePort: 0, ports: places }))
  const daemons: (RunningDaemon | undefined)[] = []
  const start = async (index: number): Promise<void> => {
    const { home } = network.nodes[index] as LocalNode
    const settings = { logLevel: 'silent' as const }
    daemons[index] = unwrap(await startDaemon({ home, environment: {}, handlesSignals: false, settings }))
  }
  const servicesOf = (index: number) => (daemons[index] as RunningDaemon).services
  const living = () => (daemons.find((daemon) => daemon !== undefined) as RunningDaemon).services.ledger
  for (const index of network.nodes.keys()) await start(index)
  await until('the first block', () => servicesOf(0).ledger.status().height > 0)

  const institutions = network.nodes.map((_, index) => {
    const { institution: id, ledger } = servicesOf(index)
    return { id, sealingKey: ledger.view().get(accounts, id)?.sealingKey as Uint8Array }
  })
  const urls = network.nodes.map(({ apiUrl }) => apiUrl)
  const chain: World['chain'] = {
    networkId: servicesOf(0).networkId,
    institutions,
    head: () => {
      const { height, headTimeMs: timeMs } = living().status()
      return { height, timeMs, view: living().view() }
    },
    async submit(bytes) {
      const submitted = await living().submit(bytes)
      return submitted.ok
        ? ok({ txId: submitted.value.txId, height: submitted.value.height ?? 0 })
        : submitted
    },
    async anchorsOf(batchId) {
      const height = living().view().get(batches, batchId)?.height ?? 0
      for (const bytes of living().block(height)?.block.transactions ?? []) {
        const { body } = unwrap(pendingFromBytes(bytes)).transaction
        const payload = body.kind === 'records.anchor' ? decode(anchoringSchema, body.payload) : undefined
        if (payload?.ok && hexFromBytes(payload.value.batchId) === hexFromBytes(batchId))
          return payload.value.anchors
      }
      return undefined
    },
  }
  return {
    urls,
    homes: network.nodes.map(({ home }) => home),
    clock: { wallMs: Date.now },
    chain,
    nodes: institutions.map((institution, index) => ({
      institution,
      privacy: { answer: (bytes) => postTo(urls[index] as string, bytes) },
    })),
    async ask<P, A>(
      via: number,
      actor: TestActor,
      action: Action<P, A>,
      payload: P,
      at = via,
    ): Promise<Result<A>> {
      const { id: node } = institutions[at] as (typeof institutions)[number]
      const sender = {
        networkId: chain.networkId,
        node,
        actor: actor.id,
        inception: actor.inception,
        sign: actor.sign,
      }
      const answer = await postTo(
        urls[via] as string,
        signRequest({ ...sender, nowMs: Date.now() }, action, payload),
      )
      return answer.ok ? decode(action.answer, answer.value, ANSWER_BYTES_MAX) : answer
    },
    start,
    async stop(index) {
      await daemons[index]?.stop()
      daemons[index] = undefined
    },
    async close() {
      for (const daemon of daemons) await daemon?.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
