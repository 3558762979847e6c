// What the node's API answers, as far as this program reads it. Ids are base32 text, accounts DIDs.

export interface NodeStatus {
  readonly networkId: string
  /** DID of the institution. */
  readonly institution: string
  readonly institutionName: string
  readonly role: string
  readonly height: number
  readonly headHash: string
  readonly stateRoot: string
  readonly headTimeMs: number
  readonly round: number
  readonly validators: number
  readonly isValidator: boolean
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

export interface Member {
  readonly did: string
  readonly name: string
  readonly role: string
  readonly status: string
  readonly isValidator: boolean
  readonly sealingKey: string
}

export interface BlockSummary {
  readonly height: number
  readonly hash: string
  readonly timeMs: number
  readonly round: number
  readonly proposer: string
  readonly stateRoot: string
  readonly transactions: number
  /** DIDs of the validators whose commits the certificate holds. */
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

export interface TransactionOutcome {
  readonly txId: string
  readonly height: number | null
}
