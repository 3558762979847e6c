import { part2Programs } from '@medchain/core'
import type { NodeClient } from './node-client.ts'
import { readState } from './proven-state.ts'

type Proving = Pick<NodeClient, 'get' | 'networkId'>

/** Height since which an institution is a programme under 42 CFR Part 2, as the chain proves it. */
export const part2ProgramSince = async (
  client: Proving,
  institution: Uint8Array,
): Promise<number | undefined> =>
  (await readState(client, part2Programs.schema, part2Programs.keyOf(institution)))?.sinceHeight

export const isPart2Program = async (client: Proving, institution: Uint8Array): Promise<boolean> =>
  (await part2ProgramSince(client, institution)) !== undefined

/** Asks for each institution once. */
export const createPart2Lookup = (client: Proving) => {
  const known = new Map<string, Promise<number | undefined>>()
  return async (institution: Uint8Array, height: number): Promise<boolean> => {
    const name = institution.join()
    const asking = known.get(name) ?? part2ProgramSince(client, institution)
    known.set(name, asking)
    const since = await asking
    return since !== undefined && since <= height
  }
}
