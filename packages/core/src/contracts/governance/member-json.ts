import { hexFromBytes } from '../../encoding/index.ts'
import { didFromAccountId } from '../../identity/index.ts'
import type { MemberDescription } from './describe-members.ts'

/** An institution as the API and the command line tell of it: DIDs and hexadecimal keys, null for what there is none of. */
export interface MemberJson {
  readonly did: string
  readonly name: string
  readonly role: string
  readonly status: string
  readonly isValidator: boolean
  /** How it takes part: validator, candidate or observer. */
  readonly part: string
  /** Whether it missed its last turn as proposer and was not seen since. */
  readonly isMissing: boolean
  readonly missedTurns: number
  /** Block time to which it is passed over as proposer. */
  readonly skippedUntilMs: number | null
  readonly evidence: {
    readonly count: number
    readonly lastHeight: number | null
    readonly lastMs: number | null
  }
  readonly pendingChange: {
    readonly type: string
    readonly effectiveHeight: number | null
    readonly lapsesHeight: number | null
  } | null
  readonly addresses: readonly string[]
  readonly signingKey: string
  readonly sealingKey: string
  readonly votingKey: string
  readonly nodeKey: string
}

export const memberJson = (description: MemberDescription): MemberJson => {
  const { id, member, account, part, evidence, pendingChange } = description
  return {
    did: didFromAccountId(id),
    name: member.name,
    role: member.role,
    status: account.status,
    isValidator: member.isValidator,
    part,
    isMissing: description.isMissing,
    missedTurns: description.missedTurns,
    skippedUntilMs: description.skippedUntilMs ?? null,
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
