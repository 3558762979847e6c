import type { Result } from '@medchain/core'
import { readKeystore } from '../keystore/index.ts'
import { decodeNodeKeys, type NodeKeys } from './node-keys.ts'
import type { NodePaths } from './paths.ts'

/** The keys of a node's keystore; `keystore.*` when it does not open, `config.keys` when it holds others. */
export const readNodeKeys = async (paths: NodePaths, passphrase: string): Promise<Result<NodeKeys>> => {
  const payload = await readKeystore(paths.keystore, passphrase)
  if (!payload.ok) return payload
  const keys = decodeNodeKeys(payload.value)
  payload.value.fill(0)
  return keys
}
