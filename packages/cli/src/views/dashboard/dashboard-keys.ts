import type { Key } from 'ink'
import type { DashboardEvent } from './dashboard-state.ts'

const PAGE = 10

/** What a key means: an event for the state, `quit`, or nothing. */
export const eventOfKey = (input: string, key: Partial<Key>): DashboardEvent | 'quit' | undefined => {
  if (input === 'q' || key.escape) return 'quit'
  if (input === 'p' || input === ' ') return { type: 'pause' }
  if (key.upArrow || input === 'k') return { type: 'move', by: -1 }
  if (key.downArrow || input === 'j') return { type: 'move', by: 1 }
  if (key.pageUp) return { type: 'move', by: -PAGE }
  if (key.pageDown) return { type: 'move', by: PAGE }
  return input === 'g' || key.home ? { type: 'newest' } : undefined
}
