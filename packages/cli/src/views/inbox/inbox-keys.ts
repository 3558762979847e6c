import type { Key } from 'ink'
import type { InboxEvent, InboxPlace } from './inbox-state.ts'

const IN_ONE: Readonly<Record<string, InboxEvent['type'] | undefined>> = {
  a: 'approve',
  c: 'narrow',
  r: 'refuse',
  b: 'block',
  q: 'leave',
}

const letterIn = (letter: string, place: InboxPlace): InboxEvent | undefined => {
  if (place === 'one') return IN_ONE[letter] && ({ type: IN_ONE[letter] } as InboxEvent)
  if (place === 'narrow' && letter === ' ') return { type: 'toggle' }
  if (place === 'confirm' || place === 'block') {
    if (letter === 'y') return { type: 'yes' }
    return letter === 'n' ? { type: 'back' } : undefined
  }
  return letter === 'q' ? { type: 'leave' } : undefined
}

/** What a key means at a place of the inbox. Only the letter y approves or blocks: enter alone never does. */
export const inboxEventOf = (input: string, key: Partial<Key>, place: InboxPlace): InboxEvent | undefined => {
  if (key.ctrl && input === 'c') return { type: 'leave' }
  if (key.escape) return { type: 'back' }
  if (key.upArrow) return { type: 'move', by: -1 }
  if (key.downArrow) return { type: 'move', by: 1 }
  if (key.return)
    return place === 'confirm' || place === 'block' || place === 'one' ? undefined : { type: 'open' }
  if (key.backspace || key.delete) return { type: 'erase' }
  if (key.ctrl || key.meta || input === '') return undefined
  return place === 'reason' ? { type: 'type', text: input } : letterIn(input, place)
}
