import { useApp, useInput } from 'ink'
import { useEffect, useReducer } from 'react'
import { formEventsOf } from './grant-form-keys.ts'
import { answersOf, type GrantAnswers, type GrantFormState, reduceGrantForm } from './grant-form-state.ts'
import { GrantFormView } from './grant-form-view.tsx'

interface GrantFormProps {
  readonly initial: GrantFormState
  /** Called once, when the form was confirmed or left. */
  readonly onEnd: (answers: GrantAnswers | undefined) => void
}

/** Asks for one grant, step by step. */
export const GrantForm = ({ initial, onEnd }: GrantFormProps) => {
  const [state, dispatch] = useReducer(reduceGrantForm, initial)
  const { exit } = useApp()
  useInput((input, key) => {
    for (const event of formEventsOf(input, key, state.step)) dispatch(event)
  })
  useEffect(() => {
    if (state.outcome === 'open') return
    onEnd(answersOf(state))
    exit()
  }, [state, onEnd, exit])
  return <GrantFormView state={state} />
}
