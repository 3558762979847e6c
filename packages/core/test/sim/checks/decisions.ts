import { equalBytes, hexFromBytes, unwrap } from '../../../src/encoding/index.ts'
import {
  blockHash,
  type CommittedBlock,
  decodeTransaction,
  type Header,
  type TransactionBody,
  transactionId,
  wireHash,
} from '../../../src/ledger/index.ts'
import type { Handover } from '../../../src/proofs/index.ts'
import { committedFrom } from '../world/decoded.ts'
import type { World } from '../world/world.ts'
import { checkAccusations } from './accusations.ts'
import { isCertificate } from './certificates.ts'
import { type Check, Violation } from './check.ts'

export interface DecidedBlock {
  readonly hash: string
  readonly header: Header
  /** Round whose commits decided it, where it was first stored. */
  readonly commitRound: number
  readonly transactions: number
  readonly bytes: Uint8Array
}

export interface DecidedTransaction {
  readonly id: Uint8Array
  readonly height: number
  readonly expiryMs: number
}

/** The one chain of the run, by height. */
export interface Decisions {
  readonly blocks: ReadonlyMap<number, DecidedBlock>
  /** By hexadecimal id. */
  readonly transactions: ReadonlyMap<string, DecidedTransaction>
  /** From the validator set of the genesis document to the present one. */
  readonly handovers: readonly Handover[]
  readonly check: Check
}

/** S1 one block a height, S4 its certificate, S6 its transactions once each and only what a client signed. */
export const createDecisions = (world: World): Decisions => {
  const blocks = new Map<number, DecidedBlock>()
  const transactions = new Map<string, DecidedTransaction>()
  const certified = new Set<string>()
  const handovers: Handover[] = []

  const checkTransactions = (height: number, all: readonly Uint8Array[]): readonly TransactionBody[] => {
    const bodies: TransactionBody[] = []
    for (const bytes of all) {
      const { body } = unwrap(decodeTransaction(bytes))
      bodies.push(body)
      const id = transactionId(body)
      const name = hexFromBytes(id)
      const before = transactions.get(name)
      if (before !== undefined)
        throw new Violation(
          'S6',
          `transaction ${name.slice(0, 8)} executed at ${before.height} and ${height}`,
        )
      if (!world.load.signed.has(hexFromBytes(wireHash(bytes))))
        throw new Violation('S6', `block ${height} holds a transaction that nobody signed`)
      transactions.set(name, { id, height, expiryMs: body.expiryMs })
    }
    if (world.load.isOverfull(all.map(wireHash)))
      throw new Violation('S11', `block ${height} writes more than the network allows`)
    return bodies
  }

  const checkCertificate = ({ block, certificate }: CommittedBlock, hash: Uint8Array): void => {
    const name = `${hexFromBytes(hash)}/${certificate.round}/${hexFromBytes(certificate.bitmap)}`
    if (certified.has(name)) return
    if (certificate.height !== block.header.height || !isCertificate(world, certificate, 'commit', hash))
      throw new Violation('S4', `the certificate of block ${block.header.height} is no quorum's`)
    certified.add(name)
  }

  const store = (bytes: Uint8Array, who: string): void => {
    const committed = committedFrom(bytes)
    const { header } = committed.block
    const hash = blockHash(header)
    const name = hexFromBytes(hash)
    const known = blocks.get(header.height)
    if (known !== undefined && known.hash !== name)
      throw new Violation(
        'S1',
        `fork at height ${header.height}: ${who} has ${name.slice(0, 8)}, others ${known.hash.slice(0, 8)}`,
      )
    checkCertificate(committed, hash)
    if (known !== undefined) return
    const bodies = checkTransactions(header.height, committed.block.transactions)
    world.membership.decided(header, bodies)
    checkAccusations(world, header.height, bodies)
    if (!equalBytes(header.nextValidatorSetHash, header.validatorSetHash)) {
      const validators = world.membership.at(header.height + 1)
      handovers.push({ header, certificate: committed.certificate, validators })
    }
    blocks.set(header.height, {
      hash: name,
      header,
      commitRound: committed.certificate.round,
      transactions: committed.block.transactions.length,
      bytes,
    })
  }

  return {
    blocks,
    transactions,
    handovers,
    check: {
      effect: (host, effect) => {
        if (effect.type === 'append-blocks') for (const { bytes } of effect.blocks) store(bytes, host.peer)
      },
    },
  }
}
