import path from 'node:path'
import type { CommandContext } from '../command-context.ts'
import { fail } from '../command-error.ts'
import type { WalletFiles } from '../wallet/wallet-files.ts'
import { type PendingRecovery, readPending } from './recovery-keys.ts'

export const pendingFile = (files: WalletFiles, name: string): string =>
  path.join(files.folder, `${name}.recovery`)

export interface OpenPending extends PendingRecovery {
  readonly file: string
  readonly passphrase: string
}

/** The recovery that was begun under a name on this machine; `keystore.missing` when none was. */
export const openPending = async (context: CommandContext, name: string): Promise<OpenPending> => {
  const { files } = await context.wallet()
  const file = pendingFile(files, name)
  const passphrase = await context.passphrase({ label: `Passphrase of ${name}` })
  return { ...(await readPending(file, passphrase)), file, passphrase }
}

/** The name given, which a recovery needs. */
export const pendingName = (typed: string | undefined): string =>
  typed ?? fail('usage.missing-argument', 'The name under which the recovery was begun is needed.')
