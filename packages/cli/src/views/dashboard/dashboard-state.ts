import type { BlockSummary, Member, NodeStatus, Peer } from '../../client/api-types.ts'

/** Everything the dashboard shows; changed by `reduceDashboard` only. */
export interface DashboardState {
  readonly status: NodeStatus | undefined
  readonly members: readonly Member[]
  readonly peers: readonly Peer[]
  /** Newest first. */
  readonly blocks: readonly BlockSummary[]
  /** Height of the chosen block; the newest when undefined. */
  readonly chosen: number | undefined
  readonly isPaused: boolean
  /** Why the node did not answer last time. */
  readonly trouble: string | undefined
  readonly nowMs: number
}

export type DashboardEvent =
  | {
      readonly type: 'facts'
      readonly status: NodeStatus
      readonly members: readonly Member[]
      readonly peers: readonly Peer[]
      readonly blocks: readonly BlockSummary[]
    }
  | { readonly type: 'trouble'; readonly message: string }
  | { readonly type: 'time'; readonly nowMs: number }
  | { readonly type: 'pause' }
  | { readonly type: 'move'; readonly by: number }
  | { readonly type: 'newest' }

const BLOCKS_KEPT = 200

export const createDashboardState = (nowMs: number): DashboardState => ({
  status: undefined,
  members: [],
  peers: [],
  blocks: [],
  chosen: undefined,
  isPaused: false,
  trouble: undefined,
  nowMs,
})

const mergeBlocks = (
  known: readonly BlockSummary[],
  fresh: readonly BlockSummary[],
): readonly BlockSummary[] => {
  const heights = new Set(fresh.map(({ height }) => height))
  return [...fresh, ...known.filter(({ height }) => !heights.has(height))]
    .sort((a, b) => b.height - a.height)
    .slice(0, BLOCKS_KEPT)
}

const move = (state: DashboardState, by: number): DashboardState => {
  const heights = state.blocks.map(({ height }) => height)
  const at = state.chosen === undefined ? 0 : Math.max(0, heights.indexOf(state.chosen))
  const next = Math.min(Math.max(0, at + by), heights.length - 1)
  return { ...state, chosen: next <= 0 ? undefined : heights[next] }
}

export const reduceDashboard = (state: DashboardState, event: DashboardEvent): DashboardState => {
  switch (event.type) {
    case 'facts': {
      if (state.isPaused) return state
      const { status, members, peers } = event
      return {
        ...state,
        status,
        members,
        peers,
        blocks: mergeBlocks(state.blocks, event.blocks),
        trouble: undefined,
      }
    }
    case 'trouble':
      return { ...state, trouble: event.message }
    case 'time':
      return state.isPaused ? state : { ...state, nowMs: event.nowMs }
    case 'pause':
      return { ...state, isPaused: !state.isPaused }
    case 'move':
      return move(state, event.by)
    case 'newest':
      return { ...state, chosen: undefined }
  }
}

export interface ValidatorActivity {
  readonly did: string
  readonly name: string
  /** Of the last blocks, how many it signed, built, and how many there are. */
  readonly signed: number
  readonly built: number
  readonly outOf: number
  readonly isProposing: boolean
}

const RECENT_BLOCKS = 20

/** Who voted and proposed lately. A certificate needs a quorum only, so that a missing vote may just be a late one. */
export const activityOf = ({ status, members, blocks }: DashboardState): readonly ValidatorActivity[] => {
  const recent = blocks.slice(0, RECENT_BLOCKS)
  return (status?.validators ?? []).map((did) => ({
    did,
    name: members.find((member) => member.did === did)?.name ?? did,
    signed: recent.filter(({ signers }) => signers.includes(did)).length,
    built: recent.filter(({ proposer }) => proposer === did).length,
    outOf: recent.length,
    isProposing: status?.proposer === did,
  }))
}
