import { Box } from 'ink'
import { render } from 'ink-testing-library'
import { test } from 'uvu'
import { equal, match, not, ok } from 'uvu/assert'
import type { Member, NodeStatus, Peer } from '../../src/client/api-types.ts'
import { Dashboard } from '../../src/views/dashboard/dashboard.tsx'
import { eventOfKey } from '../../src/views/dashboard/dashboard-keys.ts'
import {
  activityOf,
  createDashboardState,
  type DashboardEvent,
  type DashboardState,
  reduceDashboard,
} from '../../src/views/dashboard/dashboard-state.ts'
import { DashboardView } from '../../src/views/dashboard/dashboard-view.tsx'
import { facts, NOW } from './sample-network.ts'
import { untilFrame } from './until-frame.ts'

const after = (...events: readonly DashboardEvent[]): DashboardState =>
  events.reduce(reduceDashboard, createDashboardState(NOW))

/** The testing terminal itself is 100 columns wide. */
const frameOf = (state: DashboardState, size = { columns: 100, rows: 30 }): string => {
  const screen = render(
    <Box width={size.columns}>
      <DashboardView state={state} size={size} />
    </Box>,
  )
  const frame = screen.lastFrame() ?? ''
  screen.unmount()
  return frame
}

test('height, round, mempool, peers, validators and blocks', () => {
  const frame = frameOf(after(facts(30)))
  match(frame, /height 30 +round 1 +head 2 s ago +peers 2 of 3 +mempool 7 tx, 2\.0 KiB/)
  match(frame, /▶ south-hospital +voted 20\/20/)
  match(frame, /● research-institute +voted {2}0\/20 proposed {2}0/)
  match(frame, /city-laboratory +1\.5 ms/)
  match(frame, /research-institute +away/)
  match(frame, /30 12:00:00 north-hospital +0 transactions hash-of-30/)
})

/** A frame of a narrow terminal, of which every line must fit. */
const fitting = (state: DashboardState, columns: number, rows: number): string => {
  const frame = frameOf(state, { columns, rows })
  const lines = frame.split('\n')
  ok(lines.length < rows, `${lines.length} lines in ${rows} rows:\n${frame}`)
  equal(
    lines.filter((line) => [...line].length > columns),
    [],
  )
  return frame
}

test('60 columns: one list below the other, every word whole', () => {
  const frame = fitting(after(facts(30)), 60, 24)
  match(frame, /^ ▶ south-hospital +voted 20\/20 proposed {2}6$/m)
  match(frame, /^ ● city-laboratory +1\.5 ms$/m)
  match(frame, /^ +30 12:00:00 north-hospital +0 transactions$/m)
  not.match(frame, /…/)
  const chosen = fitting(after(facts(30), { type: 'move', by: 2 }), 60, 24)
  match(chosen, /round 0, signed by north-hospital and 2 more/)
  not.match(chosen, /Peers/)
  const message = 'No node answers. '.repeat(6).trim()
  for (const rows of [20, 24])
    fitting(after(facts(30), { type: 'move', by: 2 }, { type: 'trouble', message }), 60, rows)
})

test('a terminal that is too small is told so in a sentence', () => {
  const sentence =
    'The dashboard needs 60 columns and 20 rows, and this terminal has 40 and 15: make it larger, or press q to leave.'
  equal(fitting(after(facts(30)), 40, 15).replace(/\s+/g, ' '), sentence)
  match(frameOf(after(facts(30)), { columns: 59, rows: 40 }), /needs 60 columns/)
  match(fitting(after(facts(30)), 60, 20), /Validators[\s\S]*Peers[\s\S]*Blocks/)
})

test('a network of many institutions fits, and the rest is counted', () => {
  const state = after(facts(30))
  const members = Array.from({ length: 31 }, (_, index) => ({
    ...(state.members[0] as Member),
    did: `did:medchain:z${index}`,
    name: `institution-with-a-long-name-${index}`,
  }))
  const peers = members.map((member) => ({
    ...(state.peers[0] as Peer),
    institution: member.did,
    name: member.name,
  }))
  const status = { ...(state.status as NodeStatus), validators: members.map(({ did }) => did) }
  for (const [columns, rows] of [
    [60, 20],
    [60, 24],
    [90, 20],
    [100, 30],
  ] as const)
    for (const chosen of [undefined, 28])
      match(fitting({ ...state, members, peers, status, chosen }, columns, rows), /… and \d+ more/)
})

test('before the node answers, and when it stops answering', () => {
  match(frameOf(after()), /Asking the node/)
  match(
    frameOf(after(facts(3), { type: 'trouble', message: 'No node answers.' })),
    /● silent[\s\S]*No node answers\./,
  )
})

test('a chosen block stays chosen while others come, and shows who signed it', () => {
  const state = after(facts(30), { type: 'move', by: 2 }, facts(31))
  equal(state.chosen, 28)
  match(frameOf(state), /signed by north-hospital, south-hospital, city-laboratory/)
  equal(reduceDashboard(state, { type: 'newest' }).chosen, undefined)
  equal(reduceDashboard(state, { type: 'move', by: -99 }).chosen, undefined)
  equal(reduceDashboard(state, { type: 'move', by: 99 }).chosen, 1)
})

test('nothing changes while it is paused', () => {
  const paused = after(facts(30), { type: 'pause' })
  equal(reduceDashboard(paused, facts(40)).status?.height, 30)
  equal(after(facts(30), { type: 'pause' }, { type: 'pause' }, facts(40)).status?.height, 40)
})

test('who voted and proposed lately', () => {
  const activity = activityOf(after(facts(30)))
  equal(
    activity.map(({ signed, built, outOf }) => [signed, built, outOf]),
    [
      [20, 7, 20],
      [20, 6, 20],
      [20, 7, 20],
      [0, 0, 20],
    ],
  )
})

test('keys', () => {
  equal(eventOfKey('q', {}), 'quit')
  equal(eventOfKey('', { escape: true }), 'quit')
  equal(eventOfKey('p', {}), { type: 'pause' })
  equal(eventOfKey('', { downArrow: true }), { type: 'move', by: 1 })
  equal(eventOfKey('x', {}), undefined)
})

test('the screen follows its feed and its keyboard, and ends the feed when it is left', async () => {
  let feedSignal: AbortSignal | undefined
  const feed = (dispatch: (event: DashboardEvent) => void, signal: AbortSignal) => {
    feedSignal = signal
    dispatch(facts(30))
  }
  const screen = render(<Dashboard feed={feed} nowMs={NOW} />)
  await untilFrame(screen.lastFrame, /height 30/)
  screen.stdin.write('p')
  await untilFrame(screen.lastFrame, /● paused/)
  screen.stdin.write('\u001b[B')
  await untilFrame(screen.lastFrame, /state root root-of-29/)
  screen.stdin.write('q')
  await untilFrame(() => String(feedSignal?.aborted), /true/)
  screen.unmount()
})

test('names from the network cannot drive the terminal', () => {
  const state = after(facts(3))
  const members = state.members.map((member) => ({ ...member, name: `evil\u001b[2J${member.name}` }))
  not.match(frameOf({ ...state, members }), /\u001b\[2J/)
})

test.run()
