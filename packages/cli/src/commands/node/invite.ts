import { createInvite, nodePaths, privacyPaths, readNodeConfig } from '@medchain/node'
import { valueOrFail } from '../../command-error.ts'
import type { CommandAction } from '../command-spec.ts'

/** Makes a one-time enrolment token; the home keeps its hash only. */
export const inviteSomebody: CommandAction = async (context) => {
  const { home } = context.options
  const { name, sponsorPolicy } = valueOrFail(await readNodeConfig(home, context.host.env))
  const token = await createInvite(privacyPaths(nodePaths(home)).invites)
  const note = sponsorPolicy === 'auto' ? '\nThis node enrols everybody who asks; a token is not needed.' : ''
  return {
    json: { token, institution: name, sponsorPolicy },
    text: `${token}\n\nGood once: medchain register --token ${token}${note}`,
  }
}
