import { render } from 'ink'
import type { Host } from '../../host.ts'
import { Inbox } from './inbox.tsx'
import type { InboxDecision, InboxState } from './inbox-state.ts'

/** Shows the inbox on the terminal; undefined when the person left it without deciding. */
export const showInbox = async (host: Host, initial: InboxState): Promise<InboxDecision | undefined> => {
  let decision: InboxDecision | undefined
  const onEnd = (decided: InboxDecision | undefined) => {
    decision = decided
  }
  const screen = render(<Inbox initial={initial} onEnd={onEnd} />, {
    stdin: host.stdin as unknown as NodeJS.ReadStream,
    stdout: host.stderr as unknown as NodeJS.WriteStream,
    exitOnCtrlC: false,
    interactive: true,
  })
  await screen.waitUntilExit()
  return decision
}
