import type { BlockSummary, Member, NodeStatus, Peer } from '../../src/client/api-types.ts'
import type { DashboardEvent } from '../../src/views/dashboard/dashboard-state.ts'

export const NOW = Date.parse('2026-11-21T12:00:00Z')

const names = ['north-hospital', 'south-hospital', 'city-laboratory', 'research-institute']
const didOf = (name: string) => `did:medchain:z${name}`

export const members: readonly Member[] = names.map((name) => ({
  did: didOf(name),
  name,
  role: 'hospital',
  status: 'active',
  isValidator: true,
  part: 'validator',
  isMissing: false,
  missedTurns: 0,
  skippedUntilMs: null,
  evidence: { count: 0, lastHeight: null, lastMs: null },
  pendingChange: null,
  addresses: [],
  votingKey: '',
  nodeKey: '',
  signingKey: '00',
  sealingKey: '',
}))

const status = (height: number): NodeStatus => ({
  networkId: 'n',
  networkName: 'sample',
  genesisFingerprint: 'f',
  institution: didOf('north-hospital'),
  institutionName: 'north-hospital',
  role: 'hospital',
  height,
  headHash: 'aa',
  headTimeMs: NOW - 2000,
  stateRoot: 'bb',
  round: 1,
  proposer: didOf('south-hospital'),
  validators: members.map(({ did }) => did),
  isValidator: true,
  peers: 2,
  syncing: false,
  mempool: { transactions: 7, bytes: 2048 },
  version: '0',
})

const peers: readonly Peer[] = names.slice(1).map((name, index) => ({
  institution: didOf(name),
  name,
  connected: index < 2,
  address: null,
  roundTripMs: index < 2 ? 1.5 : null,
}))

/** Blocks up to a height; the research institute signs none of them. */
const blocksTo = (height: number): readonly BlockSummary[] =>
  Array.from({ length: height }, (_, index) => height - index).map((at) => ({
    height: at,
    hash: `hash-of-${at}`.padEnd(64, '0'),
    timeMs: NOW - (height - at) * 5000,
    round: 0,
    proposer: didOf(names[at % 3] ?? ''),
    stateRoot: `root-of-${at}`,
    transactions: at % 2,
    signers: members.slice(0, 3).map(({ did }) => did),
  }))

export const facts = (height: number): DashboardEvent => ({
  type: 'facts',
  status: status(height),
  members,
  peers,
  blocks: blocksTo(height),
})
