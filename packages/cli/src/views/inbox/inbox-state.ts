import type { Compartment } from '@medchain/core'
import type { ReceivedRequest } from '../../asking/open-request.ts'
import { receivedJson, requesterName, requesterText, wishText } from '../../asking/request-json.ts'

/** One request as the inbox shows it. */
export interface InboxItem {
  readonly id: string
  /** Name, role and institution. */
  readonly from: string
  readonly did: string
  /** Whether the requester's institution signed the name. */
  readonly isNamed: boolean
  readonly licence: string | undefined
  readonly wish: string
  readonly compartments: readonly Compartment[]
  readonly purposes: readonly string[]
  readonly until: string
  readonly reason: string
  readonly at: string
  readonly expires: string
}

export const itemOf = (received: ReceivedRequest, names: ReadonlyMap<string, string>): InboxItem => {
  const { id, from, purposes, until, reason, at, expires } = receivedJson(received)
  return {
    id,
    from: requesterText(received, names),
    did: from.did,
    isNamed: requesterName(received) !== null,
    licence: received.attestation?.licence?.number,
    wish: wishText(received.request),
    compartments: received.request.compartments,
    purposes,
    until,
    reason,
    at,
    expires,
  }
}

export type InboxDecision =
  | { readonly type: 'approve'; readonly id: string; readonly compartments: readonly Compartment[] }
  | { readonly type: 'refuse'; readonly id: string; readonly reason: string }
  | { readonly type: 'block'; readonly id: string }

/** What the screen shows: the list, one request, a choice of its compartments, a reason being typed, a question. */
export type InboxPlace = 'list' | 'one' | 'narrow' | 'reason' | 'confirm' | 'block'

export interface InboxState {
  readonly items: readonly InboxItem[]
  readonly place: InboxPlace
  /** In the list. */
  readonly cursor: number
  /** Among the compartments of the request that is open. */
  readonly row: number
  readonly chosen: readonly Compartment[]
  readonly typed: string
  readonly complaint: string | undefined
  readonly outcome: 'open' | 'left' | InboxDecision
}

export type InboxEvent =
  | { readonly type: 'move'; readonly by: number }
  | {
      readonly type: 'open' | 'back' | 'leave' | 'toggle' | 'approve' | 'narrow' | 'refuse' | 'block' | 'yes'
    }
  | { readonly type: 'type'; readonly text: string }
  | { readonly type: 'erase' }

export const createInbox = (items: readonly InboxItem[]): InboxState => ({
  items,
  place: 'list',
  cursor: 0,
  row: 0,
  chosen: [],
  typed: '',
  complaint: undefined,
  outcome: 'open',
})

/** The request under the cursor; there is one in every inbox that is shown. */
export const openItem = ({ items, cursor }: InboxState): InboxItem => items[cursor] as InboxItem

const goTo = (state: InboxState, place: InboxPlace): InboxState => ({
  ...state,
  place,
  row: 0,
  complaint: undefined,
})

const clamp = (position: number, count: number): number =>
  Math.min(Math.max(0, position), Math.max(0, count - 1))

const moved = (state: InboxState, by: number): InboxState => {
  if (state.place === 'list') return { ...state, cursor: clamp(state.cursor + by, state.items.length) }
  if (state.place !== 'narrow') return state
  return { ...state, row: clamp(state.row + by, openItem(state).compartments.length) }
}

const toggled = (state: InboxState): InboxState => {
  const compartment = openItem(state).compartments[state.row]
  if (state.place !== 'narrow' || compartment === undefined) return state
  const isChosen = state.chosen.includes(compartment)
  const chosen = openItem(state).compartments.filter((each) =>
    each === compartment ? !isChosen : state.chosen.includes(each),
  )
  return { ...state, chosen, complaint: undefined }
}

const back = (state: InboxState): InboxState => {
  if (state.place === 'list') return { ...state, outcome: 'left' }
  return goTo({ ...state, typed: '' }, state.place === 'one' ? 'list' : 'one')
}

/** The step after the one on the screen, when it is accepted. */
const accepted = (state: InboxState): InboxState => {
  const { id } = openItem(state)
  switch (state.place) {
    case 'list':
      return goTo({ ...state, chosen: openItem(state).compartments, typed: '' }, 'one')
    case 'one':
      return goTo(state, 'confirm')
    case 'narrow':
      return state.chosen.length > 0
        ? goTo(state, 'confirm')
        : { ...state, complaint: 'Choose at least one with the space bar.' }
    case 'reason':
      return { ...state, outcome: { type: 'refuse', id, reason: state.typed.trim() } }
    case 'block':
      return { ...state, outcome: { type: 'block', id } }
    case 'confirm':
      return { ...state, outcome: { type: 'approve', id, compartments: state.chosen } }
  }
}

const REASON_CHARACTERS_MAX = 500

export const reduceInbox = (state: InboxState, event: InboxEvent): InboxState => {
  if (state.outcome !== 'open') return state
  switch (event.type) {
    case 'move':
      return moved(state, event.by)
    case 'toggle':
      return toggled(state)
    case 'back':
      return back(state)
    case 'leave':
      return { ...state, outcome: 'left' }
    case 'open':
    case 'yes':
      return accepted(state)
    case 'approve':
      return goTo({ ...state, chosen: openItem(state).compartments }, 'confirm')
    case 'narrow':
      return openItem(state).compartments.length > 1
        ? goTo({ ...state, chosen: openItem(state).compartments }, 'narrow')
        : { ...state, complaint: 'There is nothing smaller than what is asked for.' }
    case 'refuse':
      return goTo({ ...state, typed: '' }, 'reason')
    case 'block':
      return goTo(state, 'block')
    case 'type':
      return state.place === 'reason'
        ? { ...state, typed: [...state.typed, ...event.text].slice(0, REASON_CHARACTERS_MAX).join('') }
        : state
    case 'erase':
      return { ...state, typed: [...state.typed].slice(0, -1).join('') }
  }
}

/** What the person decided; undefined for an inbox that was left. */
export const decisionOf = ({ outcome }: InboxState): InboxDecision | undefined =>
  typeof outcome === 'object' ? outcome : undefined
