import { render } from 'ink-testing-library'
import { test } from 'uvu'
import { equal, is, match, not } from 'uvu/assert'
import { Inbox } from '../../src/views/inbox/inbox.tsx'
import { inboxEventOf } from '../../src/views/inbox/inbox-keys.ts'
import {
  createInbox,
  decisionOf,
  type InboxDecision,
  type InboxEvent,
  type InboxItem,
  reduceInbox,
} from '../../src/views/inbox/inbox-state.ts'
import { untilFrame } from './until-frame.ts'

const item = (more: Partial<InboxItem> = {}): InboxItem => ({
  id: 'aaaa',
  from: 'Dr Ana Lopez, practitioner at South Hospital',
  did: 'did:medchain:zlopez',
  isNamed: true,
  licence: 'A-4711',
  wish: 'read laboratory, hiv',
  compartments: ['laboratory', 'hiv'],
  purposes: ['TREAT'],
  until: '2027-01-01T00:00:00Z',
  reason: 'Your appointment',
  at: '2026-11-01T00:00:00Z',
  expires: '2026-12-01T00:00:00Z',
  ...more,
})

const items = [
  item(),
  item({ id: 'bbbb', from: 'City Laboratory', compartments: ['general'], wish: 'read general' }),
]
const after = (...types: readonly (InboxEvent['type'] | InboxEvent)[]) =>
  types
    .map((each) => (typeof each === 'string' ? ({ type: each } as InboxEvent) : each))
    .reduce(reduceInbox, createInbox(items))

test('typed through: open, choose less, confirm', async () => {
  const ended: (InboxDecision | undefined)[] = []
  const screen = render(<Inbox initial={createInbox(items)} onEnd={(decision) => ended.push(decision)} />)
  const { stdin, lastFrame } = screen
  await untilFrame(lastFrame, /Who asks you[\s\S]*❯ Dr Ana Lopez/)
  stdin.write('\r')
  const frame = await untilFrame(lastFrame, /A request for access/)
  match(frame, /Your appointment[\s\S]*protected: hiv/)
  stdin.write('c')
  await untilFrame(lastFrame, /❯ \[x\] laboratory[\s\S]*\[x\] hiv/)
  stdin.write('\u001b[B')
  await untilFrame(lastFrame, /❯ \[x\] hiv/)
  stdin.write(' ')
  await untilFrame(lastFrame, /\[ \] hiv/)
  stdin.write('\r')
  const asked = await untilFrame(lastFrame, /Grant this\?[\s\S]*gets laboratory/)
  not.match(asked, /protected/)
  stdin.write('\r')
  stdin.write('y')
  await untilFrame(() => String(ended.length), /1/)
  screen.unmount()
  equal(ended, [{ type: 'approve', id: 'aaaa', compartments: ['laboratory'] }])
})

test('approving and blocking need the letter y; enter alone does nothing there', () => {
  for (const place of ['confirm', 'block', 'one'] as const)
    is(inboxEventOf('', { return: true }, place), undefined)
  equal(inboxEventOf('y', {}, 'confirm'), { type: 'yes' })
  equal(inboxEventOf('n', {}, 'block'), { type: 'back' })
  equal(inboxEventOf('a', {}, 'list'), undefined)
  equal(inboxEventOf('q', {}, 'reason'), { type: 'type', text: 'q' })
})

test('each way out', () => {
  const all = { type: 'approve', id: 'aaaa', compartments: ['laboratory', 'hiv'] }
  equal(decisionOf(after('open', 'approve', 'yes')), all)
  equal(decisionOf(after('open', 'block', 'yes')), { type: 'block', id: 'aaaa' })
  equal(decisionOf(after('open', 'refuse', { type: 'type', text: ' not now ' }, 'open')), {
    type: 'refuse',
    id: 'aaaa',
    reason: 'not now',
  })
  is(decisionOf(after('leave')), undefined)
  is(after('back').outcome, 'left')
  const second = after({ type: 'move', by: 9 }, 'open', 'approve', 'yes')
  equal(decisionOf(second), { type: 'approve', id: 'bbbb', compartments: ['general'] })
})

test('nothing at all is not an answer, and a single compartment has no part', () => {
  const none = after('open', 'narrow', 'toggle', { type: 'move', by: 1 }, 'toggle', 'open')
  equal([none.place, none.complaint], ['narrow', 'Choose at least one with the space bar.'])
  match(after({ type: 'move', by: 1 }, 'open', 'narrow').complaint ?? '', /nothing smaller/)
})

test('a reason is typed, mended and given up', () => {
  const typed = after('open', 'refuse', { type: 'type', text: 'noo' }, { type: 'erase' })
  is(typed.typed, 'no')
  const given = reduceInbox(typed, { type: 'back' })
  equal([given.place, given.typed], ['one', ''])
})

test('what a sender wrote cannot move the cursor', async () => {
  const evil = [item({ reason: 'a\u001b[2Jb', from: 'x\u202ey' })]
  const { lastFrame, stdin, unmount } = render(<Inbox initial={createInbox(evil)} onEnd={() => undefined} />)
  await untilFrame(lastFrame, /Who asks/)
  stdin.write('\r')
  const frame = await untilFrame(lastFrame, /A request/)
  unmount()
  not.match(frame, /\u202e/)
  is(frame.includes('\u001b[2J'), false)
})

test.run()
