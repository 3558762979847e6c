import {
  COMPARTMENTS,
  type Compartment,
  dateRange,
  GRANT_MODES,
  type GrantMode,
  isCompartment,
  isProtected,
  isPurpose,
  type Purpose,
} from '@medchain/core'
import { fail } from '../../command-error.ts'
import { parseTime } from '../../format/parse-time.ts'
import type { DateSpan } from '../../wallet/date-scopes.ts'
import { inOneYear, startOfDay } from '../../wallet/grant-terms.ts'
import { type CommandInput, isSet, listOption, textOption } from '../command-spec.ts'

/** What a person asked for, understood but not yet looked up. */
export interface GrantChoices {
  /** As typed. */
  readonly grantee: string
  readonly compartments: readonly Compartment[]
  /** As typed: ids or beginnings of ids. */
  readonly records: readonly string[]
  /** Only records that are clinically dated in it. */
  readonly dates: DateSpan | undefined
  readonly mode: GrantMode
  readonly purposes: readonly Purpose[]
  readonly fromMs: number
  readonly untilMs: number
  readonly broker: string | undefined
  readonly isDeny: boolean
  /** File with the elements of a written consent under 42 CFR Part 2. */
  readonly part2File?: string | undefined
}

/** Compartments as listed; `all` are those that are not protected. */
export const parseCompartments = (names: readonly string[]): readonly Compartment[] => {
  const chosen = new Set<Compartment>()
  for (const name of names) {
    if (name === 'all')
      for (const each of COMPARTMENTS.filter((candidate) => !isProtected(candidate))) chosen.add(each)
    else if (isCompartment(name)) chosen.add(name)
    else
      return fail(
        'usage.compartment',
        `There is no compartment “${name}”.`,
        `Compartments are ${COMPARTMENTS.join(', ')}, or all.`,
      )
  }
  return [...chosen]
}

const PATIENT_PURPOSES = ['TREAT', 'HPAYMT', 'HOPERAT', 'HRESCH'] as const

const parsePurposes = (names: readonly string[]): readonly Purpose[] => {
  const purposes = names.map((name): Purpose => {
    const purpose = name.toUpperCase()
    if (isPurpose(purpose) && (PATIENT_PURPOSES as readonly string[]).includes(purpose)) return purpose
    return fail(
      'usage.purpose',
      `“${name}” is not a purpose that can be granted.`,
      `Purposes are ${PATIENT_PURPOSES.join(', ')}.`,
    )
  })
  const distinct = [...new Set(purposes)]
  if (distinct.length === 0) return ['TREAT']
  if (distinct.includes('HRESCH') && distinct.length > 1) {
    return fail(
      'usage.purpose',
      'HRESCH stands in a grant of its own.',
      'Give one grant for research and another for the rest.',
    )
  }
  return distinct
}

const parseMode = (typed: string | undefined): GrantMode => {
  if (typed === undefined) return 'read'
  return (
    GRANT_MODES.find((mode) => mode === typed) ?? fail('usage.mode', '--mode is read, write or read-write.')
  )
}

/** Whether whom and what are both said, so that nothing has to be asked. */
export const isComplete = (input: CommandInput): boolean =>
  input.args[0] !== undefined &&
  (listOption(input, 'compartment').length > 0 || listOption(input, 'record').length > 0)

/** A list of records narrows a permission to read, and nothing else. */
const checkListed = ({ records, dates, mode, purposes, isDeny, compartments }: GrantChoices): void => {
  if (records.length === 0 && dates === undefined) return
  if (mode !== 'read') {
    fail('usage.mode', 'A grant of listed records is for reading; writing goes to a whole compartment.')
  }
  if (isDeny) {
    fail(
      'usage.data-range',
      'A prohibition covers whole compartments.',
      'Forbid the compartment, or grant fewer records in the first place.',
    )
  }
  if (purposes.includes('HRESCH')) fail('usage.data-range', 'A grant for research covers whole compartments.')
  if (dates === undefined) return
  if (records.length > 0) fail('usage.data-range', 'Name records with --record, or dates; not both.')
  if (compartments.length === 0)
    fail('usage.scope', 'Dates need --compartment: which of your records are meant?')
}

/** Counselling notes are consented to by themselves (42 CFR 2.31(b), 45 CFR 164.508(b)(3)(ii)). */
export const checkNotes = ({
  compartments,
  mode,
  isDeny,
}: Pick<GrantChoices, 'compartments' | 'mode' | 'isDeny'>): void => {
  if (isDeny || mode === 'write' || !compartments.includes('notes') || compartments.length === 1) return
  fail(
    'consent.notes-separate',
    'Counselling notes need a consent of their own.',
    'Give one grant with --compartment notes alone, and another for the rest.',
  )
}

const checkConsistency = (choices: GrantChoices, nowMs: number): GrantChoices => {
  if (choices.untilMs <= choices.fromMs) return fail('usage.period', 'The grant would end before it begins.')
  if (choices.untilMs <= nowMs) return fail('usage.period', 'The grant would have ended already.')
  checkListed(choices)
  checkNotes(choices)
  if (choices.broker !== undefined && !choices.purposes.includes('HRESCH')) {
    return fail('usage.broker', '--broker goes with --purpose HRESCH.')
  }
  return choices
}

const dateOption = (input: CommandInput, name: string, flag: string, nowMs: number): number | undefined => {
  const typed = textOption(input, name)
  return typed === undefined ? undefined : (dateRange(typed)?.low ?? parseTime(typed, nowMs, flag))
}

/** `--data-from` and `--data-until`; undefined when neither is given. */
const parseDates = (input: CommandInput, nowMs: number): DateSpan | undefined => {
  const fromMs = dateOption(input, 'dataFrom', '--data-from', nowMs)
  const untilMs = dateOption(input, 'dataUntil', '--data-until', nowMs)
  if (fromMs === undefined && untilMs === undefined) return undefined
  return (fromMs ?? Number.NEGATIVE_INFINITY) < (untilMs ?? Number.POSITIVE_INFINITY)
    ? { fromMs, untilMs }
    : fail('usage.data-range', '--data-until is not after --data-from.')
}

/** The choices of a complete command line. */
export const readChoices = (input: CommandInput, nowMs: number): GrantChoices => {
  const grantee = input.args[0] ?? fail('usage.missing-argument', 'A grantee is needed.')
  const compartments = parseCompartments(listOption(input, 'compartment'))
  const records = listOption(input, 'record')
  if (compartments.length === 0 && records.length === 0) {
    return fail(
      'usage.scope',
      'A grant needs a scope.',
      'Name compartments with --compartment, or records with --record.',
    )
  }
  const from = textOption(input, 'from')
  const until = textOption(input, 'until')
  return checkConsistency(
    {
      grantee,
      compartments,
      records,
      dates: parseDates(input, nowMs),
      mode: parseMode(textOption(input, 'mode')),
      purposes: parsePurposes(listOption(input, 'purpose')),
      fromMs: from === undefined ? startOfDay(nowMs) : parseTime(from, nowMs, '--from'),
      untilMs: until === undefined ? inOneYear(nowMs) : parseTime(until, nowMs, '--until'),
      broker: textOption(input, 'broker'),
      isDeny: isSet(input, 'deny'),
      part2File: textOption(input, 'part2'),
    },
    nowMs,
  )
}
