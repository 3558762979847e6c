import { readIfThere, type WalletFiles, writeWalletFile } from '../../wallet/wallet-files.ts'
import type { TransactionNote } from '../transaction-summary.ts'

/** What registering answered, so that doing it again answers the same. */
export interface Registration {
  readonly networkId: string
  readonly transactions: readonly TransactionNote[]
}

export const readRegistration = async (
  files: WalletFiles,
  name: string,
  networkId: string,
): Promise<readonly TransactionNote[]> => {
  const content = await readIfThere(files.registration(name))
  if (content === undefined) return []
  try {
    const noted = JSON.parse(new TextDecoder().decode(content)) as Registration
    return noted.networkId === networkId ? noted.transactions : []
  } catch {
    // Only a convenience: the chain knows.
    return []
  }
}

export const writeRegistration = (
  files: WalletFiles,
  name: string,
  registration: Registration,
): Promise<void> => writeWalletFile(files.registration(name), `${JSON.stringify(registration)}\n`)
