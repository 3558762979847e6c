import { describeMembers, didFromAccountId, hexFromBytes, type MemberDescription } from '@medchain/core'
import type { Member } from './api-types.ts'
import { type ProvingMany, readProven } from './proven-view.ts'

const memberOf = (description: MemberDescription): Member => {
  const { id, member, account, part, evidence, pendingChange } = description
  const { isMissing, missedTurns, skippedUntilMs } = description
  return {
    did: didFromAccountId(id),
    name: member.name,
    role: member.role,
    status: account.status,
    isValidator: member.isValidator,
    part,
    isMissing,
    missedTurns,
    skippedUntilMs: skippedUntilMs ?? null,
    evidence: {
      count: evidence.count,
      lastHeight: evidence.lastHeight ?? null,
      lastMs: evidence.lastMs ?? null,
    },
    pendingChange: pendingChange
      ? {
          type: pendingChange.type,
          effectiveHeight: pendingChange.effectiveHeight ?? null,
          lapsesHeight: pendingChange.lapsesHeight ?? null,
        }
      : null,
    addresses: member.addresses,
    signingKey: hexFromBytes(account.signingKey),
    sealingKey: hexFromBytes(account.sealingKey),
    votingKey: hexFromBytes(member.votingKey),
    nodeKey: hexFromBytes(member.nodeKey),
  }
}

/** The institutions, how they take part, and what is said against them, as the chain proves it. */
export const describedMembers = (client: ProvingMany): Promise<readonly Member[]> =>
  readProven(client, (view, { timeMs }) => describeMembers(view, timeMs).map(memberOf))
