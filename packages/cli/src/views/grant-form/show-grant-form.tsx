import { render } from 'ink'
import type { Host } from '../../host.ts'
import { GrantForm } from './grant-form.tsx'
import type { GrantAnswers, GrantFormState } from './grant-form-state.ts'

/** Shows the form on the terminal; undefined when the person left it. */
export const showGrantForm = async (
  host: Host,
  initial: GrantFormState,
): Promise<GrantAnswers | undefined> => {
  let answers: GrantAnswers | undefined
  const onEnd = (given: GrantAnswers | undefined) => {
    answers = given
  }
  const screen = render(<GrantForm initial={initial} onEnd={onEnd} />, {
    stdin: host.stdin as unknown as NodeJS.ReadStream,
    stdout: host.stderr as unknown as NodeJS.WriteStream,
    exitOnCtrlC: false,
    interactive: true,
  })
  await screen.waitUntilExit()
  return answers
}
