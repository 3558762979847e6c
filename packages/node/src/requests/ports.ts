import type {
  Committed,
  ContractEvent,
  KeySuccession,
  ReadView,
  RecordAnchor,
  Result,
  SignatureVerifier,
} from '@medchain/core'

/** Committed state at the head; the three belong together until the next `await`. */
export interface Head {
  readonly height: number
  /** Block time of the head in ms; 0 before the first block. */
  readonly timeMs: number
  readonly view: ReadView
}

/** The chain as the privacy rooms see it. */
export interface ChainPort {
  readonly networkId: Uint8Array
  readonly head: () => Head
  /** Resolves once the transaction is committed, or with the reason why it will not be, or is not yet. */
  readonly submit: (transaction: Uint8Array) => Promise<Result<Committed>>
  /** The anchors of a committed batch as its block has them; undefined when no block can be had. */
  readonly anchorsOf: (batchId: Uint8Array) => Promise<readonly RecordAnchor[] | undefined>
  /** Calls back after each applied block with what it made known; returns what stops it. */
  readonly onCommitted: (listener: (events: readonly ContractEvent[]) => void) => () => void
}

/** Requests between the nodes of the consortium; rejects with an error whose `code` begins with `network.`. */
export interface PeerPort {
  readonly request: (institution: Uint8Array, body: Uint8Array, timeoutMs: number) => Promise<Uint8Array>
  readonly serve: (handler: (from: Uint8Array, body: Uint8Array) => Promise<Uint8Array>) => void
}

export const VAULT_KINDS = [
  'envelope',
  'ciphertext',
  'release',
  'grant',
  'keyring',
  'index',
  'share',
] as const

export interface VaultName {
  readonly kind: (typeof VAULT_KINDS)[number]
  /** 1 to 255 bytes. */
  readonly key: Uint8Array
}

export interface VaultEntry extends VaultName {
  readonly value: Uint8Array
}

/** Deletable values, each under a storage key of its own. Writing is durable when it resolves, or rejects. */
export interface VaultPort {
  readonly putBatch: (entries: readonly VaultEntry[]) => Promise<void>
  /** The value, undefined when there is none, or `vault.damaged`. */
  readonly get: (name: VaultName) => Promise<Result<Uint8Array | undefined>>
  /** Keys of a kind that begin with `prefix`, in the order of their bytes. */
  readonly list: (kind: VaultName['kind'], prefix: Uint8Array) => readonly Uint8Array[]
  readonly erase: (names: readonly VaultName[]) => Promise<unknown>
}

/** The institution that this node acts for. */
export interface InstitutionPort {
  /** Account id, 32 bytes. */
  readonly id: Uint8Array
  readonly sign: (message: Uint8Array) => Uint8Array
  /** X25519, 32 bytes. */
  readonly sealingSecret: Uint8Array
  /** Makes repeated imports recognisable to this node alone, 32 bytes. */
  readonly importSecret: Uint8Array
}

export interface ClockPort {
  /** Milliseconds since 1970. */
  readonly wallMs: () => number
  /** Calls `f` once after `ms`; returns what cancels it. */
  readonly setTimer: (ms: number, f: () => void) => () => void
}

export interface LoggerPort {
  readonly info: (fields: object, message: string) => void
  readonly warn: (fields: object, message: string) => void
}

/** Keys that people who are not on the chain rotated to. */
export interface PersonKeysPort {
  /** All keys of a person who rotated, the present ones last; undefined for who did not, or not that this node knows. */
  readonly successionOf: (person: Uint8Array) => KeySuccession | undefined
}

/** What the host gives to the privacy side. */
export interface HostPorts {
  readonly chain: ChainPort
  readonly peers: PeerPort
  readonly vault: VaultPort
  readonly self: InstitutionPort
  readonly verifier: SignatureVerifier
  readonly clock: ClockPort
  readonly logger: LoggerPort
}

/** What every part of the privacy side works with. */
export interface PrivacyPorts extends HostPorts {
  readonly personKeys: PersonKeysPort
}
