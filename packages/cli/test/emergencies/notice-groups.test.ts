// One emergency is one thing to a person, in however many charts and steps the chain has it.
import { base32FromBytes, type Notice } from '@medchain/core'
import { test } from 'uvu'
import { equal, is, match, not, throws } from 'uvu/assert'
import type { DescribedEmergency } from '../../src/emergencies/emergency-details.ts'
import { chooseSet, emergenciesText, emergencyFacts } from '../../src/emergencies/emergency-row.ts'
import { groupNotices, stepsOf } from '../../src/emergencies/notice-groups.ts'

const bytes = (value: number, length = 32): Uint8Array => new Uint8Array(length).fill(value)
const [DOCTOR, PERSON, OFFICER, HOSPITAL] = [bytes(201), bytes(202), bytes(203), bytes(204)] as const
const SET = bytes(9, 16)
const COMPARTMENTS = ['general', 'imaging', 'laboratory'] as const

const emergencyOf = (index: number, setId = SET, declarer = DOCTOR): DescribedEmergency => ({
  id: bytes(index + 1),
  chart: bytes(index + 101),
  declarer,
  institution: HOSPITAL,
  reason: 'unconscious',
  detailsDigest: bytes(0),
  isOfHalt: false,
  declaredMs: 1000 + index,
  declaredHeight: 5,
  durationMs: 60_000,
  coSigner: undefined,
  fromMs: 1000,
  untilMs: 61_000,
  closing: { by: DOCTOR, timeMs: 2000 + index, height: 6 },
  review: { by: OFFICER, timeMs: 3000 + index, height: 7, isJustified: true },
  details: {
    salt: bytes(1),
    setId,
    person: PERSON,
    compartment: COMPARTMENTS[index % 3] ?? 'general',
    text: 'Found at the roadside',
    site: '',
  },
})

const noticesOf = ({ id, chart, declarer, declaredMs }: DescribedEmergency, index: number): Notice[] => [
  {
    id: bytes(index + 50),
    kind: 'emergency.declared',
    timeMs: declaredMs,
    chart,
    actor: declarer,
    reference: id,
  },
  {
    id: bytes(index + 60),
    kind: 'emergency.closed',
    timeMs: 2000 + index,
    chart,
    actor: declarer,
    reference: id,
  },
  {
    id: bytes(index + 70),
    kind: 'emergency.reviewed',
    timeMs: 3000 + index,
    chart,
    actor: OFFICER,
    reference: id,
  },
]

const known = [0, 1, 2].map((index) => emergencyOf(index))

test('nine notices of one emergency are one entry with three steps, and nothing is lost', () => {
  const [group, ...more] = groupNotices(known.flatMap(noticesOf), known)
  equal(more, [])
  is(group?.emergencyId, base32FromBytes(SET))
  is(group?.notices.length, 9)
  equal(group && stepsOf(group).map(({ what, timeMs }) => [what, timeMs]), [
    ['declared', 1000],
    ['closed', 2000],
    ['reviewed: justified', 3000],
  ])
})

test('what is not described, or about something else, stands alone', () => {
  const recovery: Notice = {
    id: bytes(99),
    kind: 'recovery.announced',
    timeMs: 1,
    chart: undefined,
    actor: undefined,
    reference: bytes(98),
  }
  const groups = groupNotices([...known.flatMap(noticesOf), recovery], known.slice(0, 1))
  equal(
    groups.map(({ emergencyId, notices }) => [emergencyId, notices.length]),
    [
      [base32FromBytes(SET), 3],
      [base32FromBytes(bytes(2)), 3],
      [base32FromBytes(bytes(3)), 3],
      [undefined, 1],
    ],
  )
})

test('the id that is shown, and that of any chart, name the whole emergency', () => {
  const id = base32FromBytes(SET)
  match(emergenciesText(known, 5000), new RegExp(id.slice(0, 12)))
  not.match(emergenciesText(known, 5000), new RegExp(base32FromBytes(bytes(1)).slice(0, 12)))
  for (const typed of [id, id.slice(0, 6), base32FromBytes(bytes(2))]) is(chooseSet(known, typed).length, 3)
  const facts = new Map(emergencyFacts(known, 5000))
  is(facts.get('Emergency'), id)
  is(facts.get('For'), 'general, imaging, laboratory')
})

test('whoever declares under the id of another’s emergency does not join it', () => {
  const foreign = emergencyOf(3, SET, bytes(77))
  throws(() => chooseSet([...known, foreign], base32FromBytes(SET)), /several emergencies/)
  is(chooseSet([...known, foreign], base32FromBytes(foreign.id)).length, 1)
  is(groupNotices([...known, foreign].flatMap(noticesOf), [...known, foreign]).length, 2)
})

test.run()
