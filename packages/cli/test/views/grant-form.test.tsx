import { COMPARTMENTS, didFromAccountId } from '@medchain/core'
import { render } from 'ink-testing-library'
import { test } from 'uvu'
import { equal, match } from 'uvu/assert'
import { GrantForm } from '../../src/views/grant-form/grant-form.tsx'
import {
  answersOf,
  createGrantForm,
  type GrantAnswers,
  type GrantFormEvent,
  reduceGrantForm,
} from '../../src/views/grant-form/grant-form-state.ts'
import { NOW } from './sample-network.ts'
import { untilFrame } from './until-frame.ts'

const candidates = [
  { name: 'dr-lopez', did: 'did:medchain:zlopez', about: 'practitioner' },
  { name: 'south-hospital', did: 'did:medchain:zsouth', about: 'institution, hospital' },
]

const readCard = (file: string) =>
  file === 'ruiz card.json'
    ? { name: 'dr-ruiz', did: 'did:medchain:zruiz', about: 'practitioner' }
    : { complaint: `“${file}” is neither a DID nor a file that can be read.` }

const after = (...events: readonly GrantFormEvent[]) =>
  events.reduce(reduceGrantForm, createGrantForm(candidates, { nowMs: NOW, readCard }))
const next: GrantFormEvent = { type: 'next' }
const down: GrantFormEvent = { type: 'move', by: 1 }

test('typed through from the first question to the answers', async () => {
  const ended: (GrantAnswers | undefined)[] = []
  const screen = render(
    <GrantForm
      initial={createGrantForm(candidates, { nowMs: NOW, readCard })}
      onEnd={(answers) => ended.push(answers)}
    />,
  )
  const { stdin, lastFrame } = screen
  await untilFrame(lastFrame, /Who may read\?[\s\S]*❯ dr-lopez/)
  stdin.write('\u001b[B')
  await untilFrame(lastFrame, /❯ south-hospital/)
  stdin.write('\r')
  const frame = await untilFrame(lastFrame, /What may be read\?/)
  match(frame, /\[ \] hiv +protected/)
  stdin.write('\u001b[B')
  await untilFrame(lastFrame, /❯ \[ \] medication/)
  stdin.write(' ')
  await untilFrame(lastFrame, /\[x\] medication/)
  stdin.write('\r')
  await untilFrame(lastFrame, /What for\?[\s\S]*❯ TREAT/)
  stdin.write('\r')
  await untilFrame(lastFrame, /Until when\?[\s\S]*❯ one year/)
  stdin.write('2027-03-01')
  await untilFrame(lastFrame, /another date: 2027-03-01/)
  stdin.write('\r')
  await untilFrame(lastFrame, /south-hospital may read medication[\s\S]*until 2027-03-01/)
  stdin.write('y')
  await untilFrame(() => String(ended.length), /1/)
  screen.unmount()
  equal(ended, [
    { grantee: 'did:medchain:zsouth', compartments: ['medication'], purpose: 'TREAT', until: '2027-03-01' },
  ])
})

test('a grantee may be typed: a DID, the path of a card, or a name', async () => {
  const did = didFromAccountId(new Uint8Array(32).fill(7))
  const typed = (text: string) => after({ type: 'type', text }, next)
  equal([typed(` ${did} `).step, typed(did).grantee], ['compartments', did])
  equal(typed('south-hospital').grantee, 'did:medchain:zsouth')
  equal(typed(`'ruiz card.json'`).grantee, 'did:medchain:zruiz')
  equal(typed('ruiz card.json').typed, '')
  match(typed('did:medchain:zq').complaint ?? '', /DID/)
  match(typed('nowhere.json').complaint ?? '', /neither a DID nor a file/)
  equal(typed('nowhere.json').step, 'grantee')

  const screen = render(
    <GrantForm initial={createGrantForm([], { nowMs: NOW, readCard })} onEnd={() => undefined} />,
  )
  await untilFrame(screen.lastFrame, /❯ a DID or card file:/)
  screen.stdin.write('qa ')
  await untilFrame(screen.lastFrame, /card file: qa/)
  screen.stdin.write('x\r')
  await untilFrame(screen.lastFrame, /“qa x” is neither a DID/)
  screen.unmount()
})

test('the letter a chooses what is not protected, and keeps what was chosen', () => {
  const hiv = COMPARTMENTS.indexOf('hiv')
  const { chosen } = after(next, { type: 'move', by: hiv }, { type: 'toggle' }, { type: 'all' })
  equal(chosen.length, COMPARTMENTS.length - 6 + 1)
  equal(chosen.includes('hiv') && !chosen.includes('notes'), true)
  equal(after(next, { type: 'all' }, { type: 'all' }).chosen, [])
})

test('a step is not left without an answer', () => {
  const state = after(next, next)
  equal(state.step, 'compartments')
  match(state.complaint ?? '', /Choose at least one/)
})

test('a time that nobody understands, or that is past, is asked for again', () => {
  const atUntil = [next, { type: 'toggle' }, next, next] as const
  for (const text of ['soon', '2020-01-01']) {
    const state = after(...atUntil, { type: 'type', text }, next)
    equal(state.step, 'until')
    equal(typeof state.complaint, 'string')
  }
})

test('protected compartments and research are named before the person confirms', async () => {
  const hiv = COMPARTMENTS.indexOf('hiv')
  const state = after(next, { type: 'move', by: hiv }, { type: 'toggle' }, next, down, down, down, next, next)
  const screen = render(<GrantForm initial={state} onEnd={() => undefined} />)
  const frame = await untilFrame(screen.lastFrame, /Is this right/)
  match(frame, /count de-identified rows of hiv/)
  match(frame, /includes what is protected: hiv/)
  screen.unmount()
})

test('going back keeps the answers; leaving gives none', () => {
  const back = after(next, { type: 'toggle' }, next, { type: 'back' })
  equal([back.step, back.chosen], ['compartments', ['general']])
  const left = after(next, { type: 'toggle' }, { type: 'cancel' })
  equal(answersOf(left), undefined)
  equal(after({ type: 'back' }).outcome, 'cancelled')
})

test('what the command line said is not asked again', () => {
  equal(createGrantForm(candidates, { nowMs: NOW, readCard, grantee: 'dr-lopez' }).step, 'compartments')
  equal(
    createGrantForm(candidates, { nowMs: NOW, readCard, grantee: 'dr-lopez', compartments: ['general'] })
      .step,
    'purpose',
  )
})

test.run()
