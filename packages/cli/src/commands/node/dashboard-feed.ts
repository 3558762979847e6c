import { setTimeout as delay } from 'node:timers/promises'
import type { BlockSummary, Member, Peer } from '../../client/api-types.ts'
import type { NodeClient } from '../../client/node-client.ts'
import type { DashboardFeed } from '../../views/dashboard/dashboard.tsx'
import type { DashboardEvent } from '../../views/dashboard/dashboard-state.ts'

const BLOCKS = 40
const POLL_MS = 2000
const TICK_MS = 1000
/** Blocks may come faster than anybody reads. */
const REFRESH_MS_MIN = 250

type Facts = Extract<DashboardEvent, { readonly type: 'facts' }>

export const fetchFacts = async (client: NodeClient): Promise<Facts> => {
  const [status, { members }, { peers }, { blocks }] = await Promise.all([
    client.status('fresh'),
    client.get<{ members: Member[] }>('/v1/members'),
    client.get<{ peers: Peer[] }>('/v1/peers'),
    client.get<{ blocks: BlockSummary[] }>('/v1/blocks', { limit: BLOCKS }),
  ])
  return { type: 'facts', status, members, peers, blocks }
}

const isOver = (signal: AbortSignal): boolean => signal.aborted

/** Facts after every block and every two seconds; a silent node is told and asked again. */
export const createDashboardFeed =
  (client: NodeClient, now: () => number): DashboardFeed =>
  (dispatch, signal) => {
    let wake = (): void => undefined
    const refresh = async (): Promise<void> => {
      try {
        const facts = await fetchFacts(client)
        if (!isOver(signal)) dispatch(facts)
      } catch (error) {
        if (!isOver(signal))
          dispatch({ type: 'trouble', message: error instanceof Error ? error.message : String(error) })
      }
    }
    const poll = async (): Promise<void> => {
      while (!isOver(signal)) {
        await refresh()
        const next = new AbortController()
        wake = () => next.abort()
        const pause = AbortSignal.any([signal, next.signal])
        await delay(REFRESH_MS_MIN, undefined, { signal }).catch(() => undefined)
        await delay(POLL_MS, undefined, { signal: pause }).catch(() => undefined)
      }
    }
    const follow = async (): Promise<void> => {
      while (!isOver(signal)) {
        try {
          for await (const event of client.events(signal)) if (event.name === 'block') wake()
        } catch {
          // The poll tells the trouble; the stream is opened again.
        }
        await delay(POLL_MS, undefined, { signal }).catch(() => undefined)
      }
    }
    const timer = setInterval(() => dispatch({ type: 'time', nowMs: now() }), TICK_MS)
    signal.addEventListener('abort', () => clearInterval(timer))
    void poll()
    void follow()
  }
