import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  blockHash,
  certificateFromVotes,
  encodeCommittedBlock,
  type Genesis,
  type Header,
  networkIdOf,
  type StoredBlock,
  transactionsRootOfBlock,
  unwrap,
  validatorSetHash,
  validatorsOf,
  voteMessage,
} from '@medchain/core'
import { createGenesis } from '../../src/config/index.ts'
import { generateNodeKeys, memberFromKeys, type NodeKeys } from '../../src/config/node-keys.ts'
import { createSigner } from '../../src/replica/signer.ts'

export interface MadeChain {
  readonly genesis: Genesis
  readonly keys: readonly NodeKeys[]
  readonly blocks: readonly StoredBlock[]
}

const seal = (keys: readonly NodeKeys[], genesis: Genesis, header: Header): Uint8Array => {
  const set = validatorsOf(genesis)
  const hash = blockHash(header)
  const { height, networkId } = header
  const message = voteMessage({ networkId, height, round: 0, type: 'commit', blockHash: hash })
  const signatures = keys
    .slice(0, 3)
    .map((own, index) => [index, createSigner(own.votingSeed).sign(message)] as const)
  const certificate = certificateFromVotes(set, height, 0, hash, new Map(signatures))
  return encodeCommittedBlock({ block: { header, transactions: [] }, certificate })
}

const foundNetwork = (): MadeChain => {
  const keys = Array.from({ length: 4 }, generateNodeKeys)
  const members = keys.map((own, index) =>
    memberFromKeys(own, { name: `h${index}`, role: 'hospital', addresses: [], isValidator: true }),
  )
  return { genesis: unwrap(createGenesis(members, { name: 'made', timeMs: 1000 })), keys, blocks: [] }
}

/** A chain of empty blocks with true certificates, on a new network or a given one. */
export const makeChain = (
  length: number,
  stateRoot: Uint8Array = new Uint8Array(32),
  { genesis, keys }: MadeChain = foundNetwork(),
): MadeChain => {
  const networkId = networkIdOf(genesis)
  const setHash = validatorSetHash(validatorsOf(genesis))
  const blocks: StoredBlock[] = []
  let parentHash = networkId
  for (let height = 1; height <= length; height++) {
    const header: Header = {
      version: 1,
      networkId,
      height,
      round: 0,
      parentHash,
      timeMs: 1000 + height,
      proposer: validatorsOf(genesis)[0]!.institution,
      transactionsRoot: transactionsRootOfBlock([]),
      stateRoot,
      logRoot: new Uint8Array(32),
      logSize: height - 1,
      validatorSetHash: setHash,
      nextValidatorSetHash: setHash,
    }
    blocks.push({ height, bytes: seal(keys, genesis, header) })
    parentHash = blockHash(header)
  }
  return { genesis, keys, blocks }
}

export const inFolder = async (f: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'medchain-storage-'))
  try {
    await f(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}
