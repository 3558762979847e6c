import type { Key } from 'ink'
import type { GrantFormEvent, Step } from './grant-form-state.ts'

const NEXT: GrantFormEvent = { type: 'next' }

const eventOf = (input: string, key: Partial<Key>, step: Step): GrantFormEvent | undefined => {
  if (key.escape) return { type: 'back' }
  if (key.ctrl && input === 'c') return { type: 'cancel' }
  if (key.return) return { type: 'next' }
  if (key.upArrow) return { type: 'move', by: -1 }
  if (key.downArrow) return { type: 'move', by: 1 }
  if (key.backspace || key.delete) return { type: 'erase' }
  if (key.ctrl || key.meta || input === '') return undefined
  if (step === 'until' || step === 'grantee') return { type: 'type', text: input }
  if (input === ' ') return { type: 'toggle' }
  if (input === 'a') return { type: 'all' }
  if (input === 'q') return { type: 'cancel' }
  if (step === 'confirm' && input === 'y') return { type: 'next' }
  return step === 'confirm' && input === 'n' ? { type: 'cancel' } : undefined
}

/** What a key means in a step of the form. What is pasted, or typed fast, may come with the enter key behind it. */
export const formEventsOf = (input: string, key: Partial<Key>, step: Step): readonly GrantFormEvent[] => {
  const [text = '', ...after] = key.return ? [input] : input.split(/[\r\n]/)
  const event = eventOf(text, key, step)
  return [...(event ? [event] : []), ...(event?.type === 'type' && after.length > 0 ? [NEXT] : [])]
}
