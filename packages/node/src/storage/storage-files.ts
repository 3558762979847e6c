import path from 'node:path'
import type { NodePaths } from '../config/index.ts'

export interface StorageFiles {
  /** LMDB: heights and transaction ids. */
  readonly index: string
  readonly wal: string
  readonly lastSigned: string
  /** Changes of the validator set, kept for ever. */
  readonly handovers: string
  /** Snapshots that this node made. */
  readonly snapshots: string
  /** Evidence of equivocation, a line of JSON each. */
  readonly evidence: string
}

export const storageFiles = (paths: NodePaths): StorageFiles => ({
  index: path.join(paths.blocks, 'index'),
  wal: path.join(paths.wal, 'current.wal'),
  lastSigned: path.join(paths.wal, 'last-signed'),
  handovers: path.join(paths.blocks, 'handovers'),
  snapshots: path.join(paths.data, 'snapshots'),
  evidence: path.join(paths.wal, 'evidence.jsonl'),
})
