import type { Asker } from '../../asking/asker.ts'
import { provenAccount } from '../../client/attestations.ts'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { actAs } from '../../reading/acting.ts'
import { openInstitution } from '../member/institution-session.ts'
import { isInstitutionMeant } from '../subject/directory-session.ts'

const ROLES: readonly string[] = ['practitioner', 'researcher']

const withAccount = async (part: Omit<Asker, 'proven' | 'institution' | 'networkId'>): Promise<Asker> => {
  const { client, actor } = part
  const proven = await provenAccount(client, actor.id)
  if (proven === undefined) return fail('identity.unknown', 'You are not on the chain yet.')
  if (proven.account.status !== 'active') return fail('identity.suspended', 'Your account is suspended.')
  const institution = proven.sponsor?.id ?? actor.id
  return { ...part, networkId: await client.networkId(), proven, institution }
}

/** The institution of this home unless an identity was named; `usage.role` for who does not ask. */
export const openAsker = async (context: CommandContext): Promise<Asker> => {
  if (isInstitutionMeant(context)) return withAccount(await openInstitution(context))
  const { role, name } = await (await context.wallet()).current()
  if (!ROLES.includes(role)) {
    return fail(
      'usage.role',
      `${name} is a ${role}; practitioners, researchers and institutions ask for access.`,
      'Name another identity with --as.',
    )
  }
  const { client, identity } = await actAs(context)
  return withAccount({ client, actor: identity.actor, sealingSecret: identity.secrets.sealingSecret })
}
