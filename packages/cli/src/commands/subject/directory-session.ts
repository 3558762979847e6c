import type { NodeClient } from '../../client/node-client.ts'
import { isNodeHome } from '../../client/own-node.ts'
import type { Actor } from '../../client/signed-request.ts'
import type { CommandContext } from '../../command-context.ts'
import { actAs } from '../../reading/acting.ts'
import { openInstitution } from '../member/institution-session.ts'

/** Who works with an institution’s directory: the person in use, or the institution in the home of its node. */
export interface DirectorySession {
  readonly client: NodeClient
  readonly actor: Actor
}

/** Whether the institution itself is meant: its node lives in this home, and no identity was named. */
export const isInstitutionMeant = ({ options }: CommandContext): boolean =>
  options.identity === undefined && isNodeHome(options.home)

export const openDirectory = async (context: CommandContext): Promise<DirectorySession> => {
  if (isInstitutionMeant(context)) return openInstitution(context)
  const { client, identity } = await actAs(context)
  return { client, actor: identity.actor }
}
