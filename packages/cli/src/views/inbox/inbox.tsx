import { useApp, useInput } from 'ink'
import { useEffect, useReducer } from 'react'
import { inboxEventOf } from './inbox-keys.ts'
import { decisionOf, type InboxDecision, type InboxState, reduceInbox } from './inbox-state.ts'
import { InboxView } from './inbox-view.tsx'

interface InboxProps {
  readonly initial: InboxState
  /** Called once, when something was decided or the inbox was left. */
  readonly onEnd: (decision: InboxDecision | undefined) => void
}

/** Walks through requests until one is decided. */
export const Inbox = ({ initial, onEnd }: InboxProps) => {
  const [state, dispatch] = useReducer(reduceInbox, initial)
  const { exit } = useApp()
  useInput((input, key) => {
    const event = inboxEventOf(input, key, state.place)
    if (event !== undefined) dispatch(event)
  })
  useEffect(() => {
    if (state.outcome === 'open') return
    onEnd(decisionOf(state))
    exit()
  }, [state, onEnd, exit])
  return <InboxView state={state} />
}
