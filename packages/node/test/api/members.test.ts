import {
  createOverlay,
  decodeHandover,
  evidenceEntries,
  genesisChanges,
  institutionIdOf,
  members,
  ok,
  pendingChange,
  skippedProposers,
  unwrap,
  writeMemberOrder,
} from '@medchain/core'
import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { createApi, installRoutes } from '../../src/api/index.ts'
import { systemClock } from '../../src/clock.ts'
import { handoverOf, secondSet } from '../membership/changing-chain.ts'
import { createStub } from './stub-services.ts'

const stub = createStub(async () => ok({ txId: new Uint8Array(32), height: 4 }))
const ids = stub.genesis.members.map(institutionIdOf)
const state = createOverlay({ read: () => undefined })
state.absorb(genesisChanges(stub.genesis))

const [, accused, missing, candidate] = ids as [Uint8Array, Uint8Array, Uint8Array, Uint8Array]
const entry = {
  height: 2,
  round: 0,
  kind: 'commit',
  reporter: ids[0]!,
  reportedAtMs: 4,
  txId: ids[0]!,
} as const
state.view.put(evidenceEntries, [entry], accused)
state.view.put(skippedProposers, [
  { institution: missing, strikes: 3, markedAtMs: 4, untilMs: 4004, seenAtMs: undefined },
])
state.view.put(members, { ...stub.genesis.members[3]!, isValidator: false }, candidate)
state.view.put(pendingChange, {
  type: 'candidate',
  proposal: new Uint8Array(32),
  institution: candidate,
  lapsesHeight: 90,
})

const handover = handoverOf(3, secondSet)
const services = {
  ...stub.services,
  ledger: { ...stub.services.ledger, view: () => state.view },
  handovers: { all: () => [handover], validatorsAt: () => secondSet },
}
const api = await createApi(
  { host: '127.0.0.1', port: 0, version: '0.0.0' },
  { logger: services.logger, clock: systemClock },
)
installRoutes(api.server, services, [])

const get = async <T>(url: string): Promise<T> => {
  const { statusCode, body } = await api.server.inject({ method: 'GET', url })
  equal(statusCode, 200)
  return JSON.parse(body) as T
}

interface Row {
  readonly part: string
  readonly isMissing: boolean
  readonly missedTurns: number
  readonly skippedUntilMs: number | null
  readonly evidence: object
  readonly pendingChange: object | null
}

test('members are told with their part, missed turns, evidence and what is decided about them', async () => {
  const { members: rows } = await get<{ members: Row[] }>('/v1/members')
  const [sound, liar, silent, joiner] = rows as [Row, Row, Row, Row]
  equal(
    rows.map(({ part }) => part),
    ['validator', 'validator', 'validator', 'candidate'],
  )
  equal([sound.isMissing, sound.missedTurns, sound.skippedUntilMs], [false, 0, null])
  equal(sound.evidence, { count: 0, lastHeight: null, lastMs: null })
  equal(liar.evidence, { count: 1, lastHeight: 2, lastMs: 4 })
  equal([silent.isMissing, silent.missedTurns, silent.skippedUntilMs], [true, 3, 4004])
  equal(
    [sound.pendingChange, joiner.pendingChange],
    [null, { type: 'candidate', effectiveHeight: null, lapsesHeight: 90 }],
  )
})

test('handovers are served as a client follows them', async () => {
  const { handovers } = await get<{ handovers: string[] }>('/v1/handovers')
  equal(
    handovers.map((text) => unwrap(decodeHandover(new Uint8Array(Buffer.from(text, 'base64'))))),
    [handover],
  )
})

test('a node whose institution a vote removed says from which height', async () => {
  const told = async () => (await get<{ removedFromHeight: number | null }>('/v1/status')).removedFromHeight
  equal(await told(), null)
  const leave = { type: 'leave', proposal: new Uint8Array(32), institution: ids[0]! } as const
  state.view.put(pendingChange, { ...leave, keepsAccount: false, effectiveHeight: 12 })
  equal(await told(), 12)
  state.view.remove(pendingChange)
  writeMemberOrder(state.view, ids.slice(1), 11)
  equal(await told(), 12)
})

test.run()
