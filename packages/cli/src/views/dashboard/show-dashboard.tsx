import { render } from 'ink'
import type { Host } from '../../host.ts'
import { Dashboard, type DashboardFeed } from './dashboard.tsx'

/** Shows the dashboard on a screen of its own until the person leaves it. */
export const showDashboard = async (host: Host, feed: DashboardFeed): Promise<void> => {
  const screen = render(<Dashboard feed={feed} nowMs={host.now()} />, {
    stdin: host.stdin as unknown as NodeJS.ReadStream,
    stdout: host.stdout as unknown as NodeJS.WriteStream,
    alternateScreen: true,
    interactive: true,
  })
  await screen.waitUntilExit()
}
