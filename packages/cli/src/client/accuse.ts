import { fail } from '../command-error.ts'
import type { NodeClient } from './node-client.ts'

/** A node that was caught, as far as the client knows who it is. */
export type Accused = Partial<Pick<NodeClient, 'url' | 'status'>>

/** Where the node is and whose it says it is. */
const nameOfNode = async ({ url, status }: Accused): Promise<string> => {
  const place = url === undefined ? 'The node' : `The node at ${url}`
  const name = (await status?.().catch(() => undefined))?.institutionName
  return name === undefined ? place : `${place} (${name})`
}

/** Ends the command with what the node did: `what` goes on after its name. */
export const accuse = async (accused: Accused, code: string, what: string, hint?: string): Promise<never> =>
  fail(code, `${await nameOfNode(accused)} ${what}`, hint)
