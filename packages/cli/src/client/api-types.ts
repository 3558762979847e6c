// What the node's API answers, as far as this program reads it: accounts and charts as DIDs, ids of
// transactions, grants and batches in base32, hashes and keys in hexadecimal.

export interface NodeStatus {
  readonly networkId: string
  readonly networkName: string
  readonly genesisFingerprint: string
  readonly institution: string
  readonly institutionName: string
  readonly role: string
  readonly height: number
  readonly headHash: string
  readonly headTimeMs: number
  /** How far the node's clock is ahead of the newest blocks, below 0 when behind. */
  readonly clockSkewMs?: number | null
  readonly stateRoot: string
  readonly round: number
  /** Proposer of the round in progress. */
  readonly proposer: string
  readonly validators: readonly string[]
  readonly isValidator: boolean
  /** First height that is decided without the institution, where a vote removed it. */
  readonly removedFromHeight?: number | null
  readonly peers: number
  readonly syncing: boolean
  readonly mempool: { readonly transactions: number; readonly bytes: number }
  readonly version: string
}

export interface Peer {
  readonly institution: string
  readonly name: string
  readonly connected: boolean
  readonly address: string | null
  readonly roundTripMs: number | null
}

export type { MemberJson as Member } from '@medchain/core'

export interface BlockSummary {
  readonly height: number
  readonly hash: string
  readonly timeMs: number
  readonly round: number
  readonly proposer: string
  readonly stateRoot: string
  readonly transactions: number
  /** Validators whose commits the certificate holds. */
  readonly signers: readonly string[]
}

export interface AccountInfo {
  readonly did: string
  readonly role: string
  readonly status: string
  readonly sponsor: string | null
  readonly signingKey: string
  readonly sealingKey: string
  readonly institutionName: string | null
}

export interface ChartInfo {
  readonly did: string
  /** Institution that registered it. */
  readonly sponsor: string
  readonly epoch: number
  readonly epochKey: string
  /** Height and block time at which the present epoch began; of the first, its registration and 0. */
  readonly epochOpenedHeight: number
  readonly epochOpenedMs: number
  readonly registeredHeight: number
  readonly batchCount: number
  readonly recordCount: number
  readonly grantCount: number
}

export interface GrantInfo {
  readonly grantId: string
  readonly grantee: string
  readonly mode: string
  readonly purposes: readonly string[]
  readonly fromMs: number
  readonly untilMs: number
  readonly scopeDigest: string | null
  readonly broker: string | null
  readonly isDeny: boolean
  readonly grantedHeight: number
  readonly revokedHeight: number | null
}

export interface BatchInfo {
  readonly batchId: string
  /** DID. */
  readonly chart: string
  readonly epoch: number
  /** DID of the person who signed. */
  readonly author: string
  /** DID; of what disputes a record, the institution that wrote that record. */
  readonly institution: string
  /** Id of the record that the only one in it disputes; null for every other batch. */
  readonly disputed: string | null
  /** Records in it. */
  readonly count: number
  readonly height: number
  readonly timeMs: number
  readonly anchorsRoot: string
}

export interface TransactionOutcome {
  readonly txId: string
  /** Null when it was not waited for. */
  readonly height: number | null
}
