import { useApp, useInput, useWindowSize } from 'ink'
import { useEffect, useReducer } from 'react'
import { eventOfKey } from './dashboard-keys.ts'
import { createDashboardState, type DashboardEvent, reduceDashboard } from './dashboard-state.ts'
import { DashboardView } from './dashboard-view.tsx'

/** Feeds events to the dashboard until the signal aborts. */
export type DashboardFeed = (dispatch: (event: DashboardEvent) => void, signal: AbortSignal) => void

/** The live dashboard: a feed, a keyboard, and the view of what both made of the state. */
export const Dashboard = ({ feed, nowMs }: { readonly feed: DashboardFeed; readonly nowMs: number }) => {
  const [state, dispatch] = useReducer(reduceDashboard, nowMs, createDashboardState)
  const { exit } = useApp()
  const size = useWindowSize()
  useEffect(() => {
    const ending = new AbortController()
    feed(dispatch, ending.signal)
    return () => ending.abort()
  }, [feed])
  useInput((input, key) => {
    const event = eventOfKey(input, key)
    if (event === 'quit') exit()
    else if (event !== undefined) dispatch(event)
  })
  return <DashboardView state={state} size={size} />
}
