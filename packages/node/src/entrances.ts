import type { Genesis, SignatureVerifier } from '@medchain/core'
import type { createBackup as backup, restoreHome as restore } from './backup/index.ts'
import type { NodePaths } from './config/index.ts'
import type { DaemonOptions, startDaemon as start } from './daemon.ts'
import type { recoverHome as recover } from './recovery/index.ts'
import type { Finding } from './storage/index.ts'

// What these bring in (network, stores, HTTP) costs half a second to load; a plain command needs none of it.

/** Starts the daemon of a home; see `DaemonOptions`. */
export const startDaemon = async (options: DaemonOptions): ReturnType<typeof start> =>
  (await import('./daemon.ts')).startDaemon(options)

/** Checks blocks, state, votes and index of a home, also beside its running daemon. */
export async function* examineHome(
  home: string,
  genesis: Genesis,
  verifier: SignatureVerifier,
): AsyncGenerator<Finding> {
  yield* (await import('./storage/index.ts')).examineHome(home, genesis, verifier)
}

/** Checks vault and audit log of a home whose daemon does not run. */
export async function* examinePrivateHome(
  paths: NodePaths,
  storageKey: Uint8Array,
): AsyncGenerator<Pick<Finding, 'code' | 'where' | 'message'>> {
  yield* (await import('./requests/examine-private.ts')).examinePrivateHome(paths, storageKey)
}

/** Says what keeps the validator of a stopped home from voting, and carries it out if asked; see `RecoveryOptions`. */
export const recoverHome = async (...given: Parameters<typeof recover>): ReturnType<typeof recover> =>
  (await import('./recovery/index.ts')).recoverHome(...given)

/** Writes the archive of a home, also beside its running daemon; see `BackupOptions`. */
export const createBackup = async (...given: Parameters<typeof backup>): ReturnType<typeof backup> =>
  (await import('./backup/index.ts')).createBackup(...given)

/** Makes a home from a backup; see `RestoreOptions`. */
export const restoreHome = async (...given: Parameters<typeof restore>): ReturnType<typeof restore> =>
  (await import('./backup/index.ts')).restoreHome(...given)
