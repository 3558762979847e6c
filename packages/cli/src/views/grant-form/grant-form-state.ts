import { accountIdFromDid, COMPARTMENTS, type Compartment, isProtected } from '@medchain/core'
import { CommandError } from '../../command-error.ts'
import { parseTime } from '../../format/parse-time.ts'

/** Somebody the grant may go to. */
export interface Candidate {
  readonly name: string
  readonly did: string
  readonly about: string
}

/** Whom a contact card names, or why the file names nobody. */
export type CardReader = (file: string) => Candidate | { readonly complaint: string }

/** What the person chose in the end. */
export interface GrantAnswers {
  readonly grantee: string
  readonly compartments: readonly Compartment[]
  readonly purpose: string
  /** As people write a time. */
  readonly until: string
}

export const STEPS = ['grantee', 'compartments', 'purpose', 'until', 'confirm'] as const

export type Step = (typeof STEPS)[number]

export const PURPOSE_CHOICES = [
  { value: 'TREAT', label: 'TREAT', about: 'treatment: doctors and nurses who care for you' },
  { value: 'HPAYMT', label: 'HPAYMT', about: 'payment: insurers and billing' },
  { value: 'HOPERAT', label: 'HOPERAT', about: 'running the institution: quality, planning' },
  {
    value: 'HRESCH',
    label: 'HRESCH',
    about: 'research: your hospital de-identifies and delivers, no key is given',
  },
] as const

export const UNTIL_CHOICES = [
  { value: '7d', label: 'one week', about: '' },
  { value: '30d', label: '30 days', about: '' },
  { value: '90d', label: '90 days', about: '' },
  { value: '1y', label: 'one year', about: 'the usual' },
] as const

export interface GrantFormState {
  readonly step: Step
  readonly candidates: readonly Candidate[]
  readonly cursor: number
  readonly grantee: string | undefined
  readonly chosen: readonly Compartment[]
  readonly purpose: string
  readonly until: string
  readonly readCard: CardReader
  /** What is being typed in place of the choices: a DID or a card file, or a date. */
  readonly typed: string
  readonly nowMs: number
  readonly outcome: 'open' | 'granted' | 'cancelled'
  /** Why the person cannot go on yet. */
  readonly complaint: string | undefined
}

export type GrantFormEvent =
  | { readonly type: 'move'; readonly by: number }
  | { readonly type: 'toggle' }
  | { readonly type: 'all' }
  | { readonly type: 'next' }
  | { readonly type: 'back' }
  | { readonly type: 'cancel' }
  | { readonly type: 'type'; readonly text: string }
  | { readonly type: 'erase' }

const UNTIL_DEFAULT = '1y'

export const createGrantForm = (
  candidates: readonly Candidate[],
  given: {
    readonly nowMs: number
    readonly readCard: CardReader
    readonly grantee?: string | undefined
    readonly compartments?: readonly Compartment[]
  },
): GrantFormState => {
  const chosen = given.compartments ?? []
  const step = given.grantee === undefined ? 'grantee' : chosen.length === 0 ? 'compartments' : 'purpose'
  return {
    step,
    candidates,
    readCard: given.readCard,
    cursor: 0,
    grantee: given.grantee,
    chosen,
    purpose: 'TREAT',
    until: UNTIL_DEFAULT,
    typed: '',
    nowMs: given.nowMs,
    outcome: 'open',
    complaint: undefined,
  }
}

const rowCountOf = (state: GrantFormState): number =>
  ({
    grantee: state.candidates.length,
    compartments: COMPARTMENTS.length,
    purpose: PURPOSE_CHOICES.length,
    until: UNTIL_CHOICES.length,
    confirm: 1,
  })[state.step]

const toggled = (state: GrantFormState): GrantFormState => {
  const compartment = COMPARTMENTS[state.cursor]
  if (state.step !== 'compartments' || compartment === undefined) return state
  const isChosen = state.chosen.includes(compartment)
  const chosen = isChosen
    ? state.chosen.filter((each) => each !== compartment)
    : [...state.chosen, compartment]
  return { ...state, chosen, complaint: undefined }
}

/** All that are not protected, or none when they are chosen already; protected ones stay as they are. */
const withAll = (state: GrantFormState): GrantFormState => {
  if (state.step !== 'compartments') return state
  const open = COMPARTMENTS.filter((compartment) => !isProtected(compartment))
  const isFull = open.every((compartment) => state.chosen.includes(compartment))
  const kept = state.chosen.filter((compartment) => isProtected(compartment))
  return { ...state, chosen: isFull ? kept : [...open, ...kept], complaint: undefined }
}

const cursorAt = (state: GrantFormState, step: Step): number => {
  if (step === 'grantee') return state.candidates.findIndex(({ did }) => did === state.grantee)
  if (step === 'purpose') return PURPOSE_CHOICES.findIndex(({ value }) => value === state.purpose)
  return step === 'until' ? UNTIL_CHOICES.findIndex(({ value }) => value === state.until) : 0
}

const goTo = (state: GrantFormState, step: Step): GrantFormState => ({
  ...state,
  step,
  cursor: Math.max(0, cursorAt(state, step)),
  typed: '',
  complaint: undefined,
})

/** Files that a terminal writes when one is dropped on it come in quotation marks. */
const withTypedGrantee = (state: GrantFormState): GrantFormState => {
  const typed = state.typed.trim().replace(/^(['"])(.*)\1$/, '$2')
  const known = state.candidates.find(({ name, did }) => name === typed || did === typed)
  if (known) return { ...state, grantee: known.did }
  if (typed.startsWith('did:')) {
    const id = accountIdFromDid(typed)
    return id.ok ? { ...state, grantee: typed } : { ...state, complaint: id.message }
  }
  const found = state.readCard(typed)
  if ('complaint' in found) return { ...state, complaint: found.complaint }
  return { ...state, grantee: found.did, candidates: [...state.candidates, found] }
}

const withUntil = (state: GrantFormState): GrantFormState => {
  const until = state.typed.trim() || (UNTIL_CHOICES[state.cursor]?.value ?? state.until)
  try {
    const isAhead = parseTime(until, state.nowMs, 'The form') > state.nowMs
    return isAhead ? { ...state, until } : { ...state, complaint: 'That time is past.' }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return { ...state, complaint: `${error.message} ${error.hint ?? ''}` }
  }
}

/** What the step has chosen taken over, or why it cannot be left. */
const settled = (state: GrantFormState): GrantFormState => {
  switch (state.step) {
    case 'grantee': {
      if (state.typed.trim() !== '') return withTypedGrantee(state)
      const candidate = state.candidates[state.cursor]
      return candidate
        ? { ...state, grantee: candidate.did }
        : { ...state, complaint: 'Type a DID, or the path of a contact card.' }
    }
    case 'compartments':
      return state.chosen.length > 0
        ? state
        : { ...state, complaint: 'Choose at least one with the space bar.' }
    case 'purpose':
      return { ...state, purpose: PURPOSE_CHOICES[state.cursor]?.value ?? state.purpose }
    case 'until':
      return withUntil(state)
    case 'confirm':
      return { ...state, outcome: 'granted' }
  }
}

const next = (state: GrantFormState): GrantFormState => {
  const done = settled({ ...state, complaint: undefined })
  if (done.complaint !== undefined || done.outcome === 'granted') return done
  return goTo(done, STEPS[STEPS.indexOf(state.step) + 1] ?? 'confirm')
}

export const reduceGrantForm = (state: GrantFormState, event: GrantFormEvent): GrantFormState => {
  if (state.outcome !== 'open') return state
  switch (event.type) {
    case 'move': {
      const cursor = Math.min(Math.max(0, state.cursor + event.by), Math.max(0, rowCountOf(state) - 1))
      return { ...state, cursor, typed: '' }
    }
    case 'toggle':
      return toggled(state)
    case 'all':
      return withAll(state)
    case 'next':
      return next(state)
    case 'back': {
      const before = STEPS[STEPS.indexOf(state.step) - 1]
      return before === undefined ? { ...state, outcome: 'cancelled' } : goTo(state, before)
    }
    case 'cancel':
      return { ...state, outcome: 'cancelled' }
    case 'type':
      return state.step === 'until' || state.step === 'grantee'
        ? { ...state, typed: state.typed + event.text, complaint: undefined }
        : state
    case 'erase':
      return { ...state, typed: state.typed.slice(0, -1) }
  }
}

/** The answers of a form that was confirmed; undefined for one that was left. */
export const answersOf = (state: GrantFormState): GrantAnswers | undefined =>
  state.outcome === 'granted' && state.grantee !== undefined
    ? { grantee: state.grantee, compartments: state.chosen, purpose: state.purpose, until: state.until }
    : undefined
