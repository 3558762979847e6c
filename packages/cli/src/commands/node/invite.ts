import {
  createInvite,
  INVITE_ROLES,
  type InviteRole,
  nodePaths,
  privacyPaths,
  readNodeConfig,
} from '@medchain/node'
import { fail, valueOrFail } from '../../command-error.ts'
import { type CommandAction, textOption } from '../command-spec.ts'

const roleOf = (typed: string): InviteRole =>
  INVITE_ROLES.find((role) => role === typed) ??
  fail('usage.role', `--role is one of ${INVITE_ROLES.join(', ')}.`)

/** Makes a one-time enrolment token; the home keeps its hash only. */
export const inviteSomebody: CommandAction = async (context, input) => {
  const role = roleOf(textOption(input, 'role') ?? 'patient')
  const { home } = context.options
  const { name, sponsorPolicy } = valueOrFail(await readNodeConfig(home, context.host.env))
  const token = await createInvite(privacyPaths(nodePaths(home)).invites, role)
  const note = sponsorPolicy === 'auto' ? '\nThis node enrols everybody who asks; a token is not needed.' : ''
  return {
    json: { token, role, institution: name, sponsorPolicy },
    text: `${token}\n\nGood once, for a ${role}: medchain register --token - asks for it.${note}`,
  }
}
