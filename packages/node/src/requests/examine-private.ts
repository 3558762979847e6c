import path from 'node:path'
import { base32FromBytes } from '@medchain/core'
import { type AuditFinding, type ChainAnchors, examineAuditLog } from '../audit/examine-log.ts'
import type { NodePaths } from '../config/index.ts'
import { openVaultStore, type VaultDamage, type VaultStore } from '../vault/store/index.ts'
import { privacyPaths } from './privacy-paths.ts'

const vaultFinding = (folder: string, { file, offset, kind, key, message }: VaultDamage): AuditFinding => {
  const place = path.join(folder, file)
  const name = kind && key ? ` (${kind} ${base32FromBytes(key)})` : ''
  return {
    code: 'vault.damaged',
    where: offset === undefined ? place : `${place} at ${offset}`,
    message: `${message}${name}`,
  }
}

/** Opens every stored value and checks the audit log, with `chain` also against its anchors. */
export async function* examinePrivate(
  paths: NodePaths,
  store: VaultStore,
  chain?: ChainAnchors,
): AsyncGenerator<AuditFinding> {
  const { store: folder, audit } = privacyPaths(paths)
  yield* await examineAuditLog(audit, chain)
  for await (const damage of store.verifyAll()) yield vaultFinding(folder, damage)
}

/** The same for a node that does not run; `storageKey` is the node's. A running one answers POST /v1/doctor. */
export async function* examinePrivateHome(
  paths: NodePaths,
  storageKey: Uint8Array,
): AsyncGenerator<AuditFinding> {
  const { store: folder } = privacyPaths(paths)
  const store = await openVaultStore({ folder, masterKey: storageKey })
  if (!store.ok) return yield { code: store.code, where: folder, message: store.message }
  try {
    yield* examinePrivate(paths, store.value)
  } finally {
    await store.value.close()
  }
}
