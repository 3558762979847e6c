import {
  decodeLastSigned,
  type Genesis,
  institutionIdOf,
  networkIdOf,
  readSigningMemory,
  type SignatureVerifier,
  walHeightOf,
} from '@medchain/core'
import type { NodeConfig, NodePaths } from '../config/index.ts'
import { storageFiles } from '../storage/index.ts'
import { readUnusedMemory } from '../storage/unused-key.ts'
import { readIfPresent } from '../storage/wal-file.ts'
import type { MemoryFacts } from './memory-situations.ts'
import { readStoredBlocks } from './stored-blocks.ts'

export interface HomeFacts extends MemoryFacts {
  readonly headTimeMs: number | undefined
}

export interface ExaminedHome {
  readonly paths: NodePaths
  readonly config: Pick<NodeConfig, 'name' | 'isValidator'>
  readonly genesis: Genesis
  readonly verifier: SignatureVerifier
}

/** Reads what tells whether and where a validator may vote; changes nothing. The home must be nobody else's. */
export const readFacts = async ({ paths, config, genesis, verifier }: ExaminedHome): Promise<HomeFacts> => {
  const networkId = networkIdOf(genesis)
  const files = storageFiles(paths)
  const wal = await readIfPresent(files.wal)
  // An institution that joined later stands in no genesis document: only its daemon looks for its signatures.
  const [first, ...others] = genesis.members.filter(({ name }) => name === config.name)
  const own = others.length === 0 ? first : undefined
  const unused = own && (await readUnusedMemory(paths, networkId, own.votingKey))
  const lastSigned = unused ?? (await readIfPresent(files.lastSigned))
  const last = lastSigned && decodeLastSigned(lastSigned, networkId)
  const institution = own && institutionIdOf(own)
  const blocks = await readStoredBlocks(paths, genesis, institution, verifier)
  return {
    ...blocks,
    memory: readSigningMemory({ wal, lastSigned }, networkId, blocks.headHeight),
    walHeight: wal && walHeightOf(wal, networkId),
    lastSigned: last ? 'sound' : lastSigned ? 'damaged' : 'missing',
    lastSignedHeight: last?.height ?? 0,
  }
}
