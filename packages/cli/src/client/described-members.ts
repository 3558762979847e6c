import { describeMembers, type MemberJson, memberJson } from '@medchain/core'
import { type ProvingMany, readProven } from './proven-view.ts'

/** The institutions, how they take part, and what is said against them, as the chain proves it. */
export const describedMembers = (client: ProvingMany): Promise<readonly MemberJson[]> =>
  readProven(client, (view, { timeMs }) => describeMembers(view, timeMs).map(memberJson))
