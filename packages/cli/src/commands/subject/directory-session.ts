import { existsSync } from 'node:fs'
import path from 'node:path'
import type { NodeClient } from '../../client/node-client.ts'
import type { Actor } from '../../client/signed-request.ts'
import type { CommandContext } from '../../command-context.ts'
import { actAs } from '../../reading/acting.ts'
import { openInstitution } from '../member/institution-session.ts'

/** Who works with an institution’s directory: the person in use, or the institution in the home of its node. */
export interface DirectorySession {
  readonly client: NodeClient
  readonly actor: Actor
}

/** Whether the institution itself is meant: the home is a node’s, and no identity of it was named. */
export const isInstitutionHome = async (context: CommandContext): Promise<boolean> => {
  if (context.options.identity !== undefined) return false
  return existsSync(path.join(context.options.home, 'node.json'))
}

export const openDirectory = async (context: CommandContext): Promise<DirectorySession> => {
  if (await isInstitutionHome(context)) return openInstitution(context)
  const { client, identity } = await actAs(context)
  return { client, actor: identity.actor }
}
