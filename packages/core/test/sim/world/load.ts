import { anchorAudit } from '../../../src/contracts/disclosure/anchor.ts'
import { enrol } from '../../../src/contracts/identity/enrol.ts'
import { setStatus } from '../../../src/contracts/identity/set-status.ts'
import type { Signer } from '../../../src/crypto/index.ts'
import { compareBytes, concatBytes, encode, hexFromBytes } from '../../../src/encoding/index.ts'
import { accountIdFromInception } from '../../../src/identity/index.ts'
import {
  encodeTransaction,
  type GenesisMember,
  institutionIdOf,
  type TransactionBody,
  transactionId,
  transactionMessage,
  wireHash,
} from '../../../src/ledger/index.ts'
import { type LedgerRules, NETWORK_RULES } from '../../../src/replica/index.ts'
import type { FaultCounts } from './faults.ts'
import type { Random } from './random.ts'
import { bytesOf, type Signatures } from './signatures.ts'

/** A transaction that some client signed. */
export interface ClientTransaction {
  readonly bytes: Uint8Array
  readonly txId: string
  readonly kind: string
  readonly expiryMs: number
}

/** The clients: what they signed, and what they still try to bring onto the chain. */
export interface Load {
  readonly institutionOf: (member: number) => Uint8Array | undefined
  /** The network's rules, which break on marked transactions, as software of that age knows them. */
  readonly rules: LedgerRules
  readonly outdatedRules: LedgerRules
  /** The rules of a liar that puts as much into its blocks as it likes. */
  readonly greedyRules: LedgerRules
  /** Whether several transactions of these wire hashes write more than a block may, by an own count of what each was seen to write at least. */
  readonly isOverfull: (wireHashes: readonly Uint8Array[]) => boolean
  /** A transaction of an institution itself. */
  readonly sign: (member: number, kind: string, payload: Uint8Array, nowMs: number) => ClientTransaction
  readonly next: (nowMs: number) => ClientTransaction
  /** An enrolment of somebody new: it can always stand in a block. */
  readonly enrolment: (member: number, nowMs: number) => ClientTransaction
  /** The bytes with a signature that nobody made. */
  readonly forgedVariant: (transaction: ClientTransaction) => Uint8Array
  readonly poison: (nowMs: number) => Uint8Array
  /** Everything that a client signed, by hexadecimal wire hash. */
  readonly signed: ReadonlyMap<string, Uint8Array>
}

const POISON = bytesOf('poison').subarray(0, 8)

const isPoison = ({ salt }: TransactionBody): boolean => POISON.every((byte, at) => salt[at] === byte)

/** Rules that throw where a contract of ours would be broken (L7), and note what each transaction writes. */
const createRules = (blockWritesMax: number, writes: Map<string, number>): LedgerRules => ({
  ...NETWORK_RULES,
  supportedVersions: [1, 2],
  blockWritesMax,
  execute: (pending, ...rest) => {
    if (isPoison(pending.transaction.body)) throw new Error('the simulator broke this rule')
    const outcome = NETWORK_RULES.execute(pending, ...rest)
    if (!outcome.ok) return outcome
    const name = hexFromBytes(pending.wireHash)
    const { size } = outcome.value.changes
    writes.set(name, Math.min(size, writes.get(name) ?? size))
    return outcome
  },
})

const LIFE_MS = 240_000

export const createLoad = (
  all: readonly GenesisMember[],
  networkId: Uint8Array,
  signatures: Signatures,
  random: Random,
  counts: FaultCounts,
  blockWritesMax: number,
): Load => {
  const writes = new Map<string, number>()
  const rules = createRules(blockWritesMax, writes)
  const institutions = all.map(institutionIdOf)
  const clients = all.filter(({ isValidator }) => isValidator).length
  const signers = all.map((_, index) => signatures.signerOf(`signing ${index}`))
  const signed = new Map<string, Uint8Array>()
  const people: { readonly account: Uint8Array; readonly member: number }[] = []
  const sequences = new Map<number, number>()
  let number = 0

  const seal = (
    member: number,
    kind: string,
    payload: Uint8Array,
    nowMs: number,
    more: readonly { readonly id: Uint8Array; readonly signer: Signer }[] = [],
    salt = bytesOf(`salt ${number}`).subarray(0, 16),
  ): ClientTransaction => {
    number += 1
    const sender = institutions[member] as Uint8Array
    const expiryMs = Math.floor(nowMs) + LIFE_MS
    const body = { version: 1, networkId, sender, expiryMs, salt, kind, payload }
    const id = transactionId(body)
    const message = transactionMessage(id)
    const approved = [{ id: sender, signer: signers[member] as Signer }, ...more]
      .map((each) => ({ signer: each.id, signature: each.signer.sign(message) }))
      .sort((a, b) => compareBytes(a.signer, b.signer))
    const bytes = encodeTransaction({ body, signatures: approved })
    signed.set(hexFromBytes(wireHash(bytes)), bytes)
    return { bytes, txId: hexFromBytes(id), kind, expiryMs }
  }

  const enrolment = (member: number, nowMs: number, salt?: Uint8Array): ClientTransaction => {
    const signer = signatures.signerOf(`person ${number}`)
    const keys = {
      signingKey: signer.publicKey,
      sealingKey: bytesOf(`sealing ${number}`),
      salt: bytesOf(`account ${number}`),
    }
    const account = accountIdFromInception(keys)
    people.push({ account, member })
    const payload = encode(enrol.payload, { role: 'practitioner' as const, ...keys })
    return seal(member, enrol.kind, payload, nowMs, [{ id: account, signer }], salt)
  }

  const next = (nowMs: number): ClientTransaction => {
    const chance = random.next()
    const member = random.int(clients)
    if (chance < 0.25 && people.length > 0) {
      const person = random.pick(people)
      const status = random.chance(0.5) ? ('active' as const) : ('suspended' as const)
      return seal(person.member, setStatus.kind, encode(setStatus.payload, { ...person, status }), nowMs)
    }
    if (chance < 0.4) {
      const sequence = (sequences.get(member) ?? 0) + 1
      sequences.set(member, sequence)
      const payload = encode(anchorAudit.payload, { sequence, root: bytesOf(`root ${number}`) })
      return seal(member, anchorAudit.kind, payload, nowMs)
    }
    return enrolment(member, nowMs)
  }

  return {
    institutionOf: (member) => institutions[member],
    rules,
    outdatedRules: { ...rules, supportedVersions: [1] },
    greedyRules: { ...rules, blockWritesMax: Number.POSITIVE_INFINITY },
    isOverfull: (hashes) => {
      const total = hashes.reduce((sum, hash) => sum + (writes.get(hexFromBytes(hash)) ?? 0), 0)
      return hashes.length > 1 && total > blockWritesMax
    },
    sign: (member, kind, payload, nowMs) => seal(member, kind, payload, nowMs),
    next,
    enrolment,
    signed,
    forgedVariant: ({ bytes }) => {
      counts.note('load.forged-variant')
      const copy = bytes.slice()
      copy[copy.length - 1] = (copy[copy.length - 1] as number) ^ 1
      return copy
    },
    poison: (nowMs) => {
      counts.note('load.poison')
      const salt = concatBytes(POISON, bytesOf(`poison ${number}`).subarray(0, 8))
      return enrolment(random.int(clients), nowMs, salt).bytes
    },
  }
}
