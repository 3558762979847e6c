import path from 'node:path'

/** Where a node keeps what, below its home. */
export interface NodePaths {
  readonly home: string
  readonly config: string
  /** The genesis file as of the first start. */
  readonly genesis: string
  readonly pid: string
  readonly data: string
  readonly blocks: string
  readonly state: string
  readonly wal: string
  /** Hexadecimal voting key with which nothing was signed yet; gone with the first start. */
  readonly unusedKey: string
  readonly vault: string
  readonly keys: string
  readonly audit: string
  readonly keystore: string
  readonly lock: string
}

export const nodePaths = (home: string): NodePaths => {
  const data = path.join(home, 'node')
  return {
    home,
    config: path.join(home, 'node.json'),
    genesis: path.join(data, 'genesis.json'),
    pid: path.join(home, 'node.pid'),
    data,
    blocks: path.join(data, 'blocks'),
    state: path.join(data, 'state'),
    wal: path.join(data, 'wal'),
    unusedKey: path.join(data, 'wal', 'unused-key'),
    vault: path.join(data, 'vault'),
    keys: path.join(data, 'keys'),
    audit: path.join(data, 'audit'),
    keystore: path.join(data, 'keys', 'node.keystore'),
    lock: path.join(data, 'lock'),
  }
}
