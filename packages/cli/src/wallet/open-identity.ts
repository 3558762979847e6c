import { equalBytes } from '@medchain/core'
import type { NodeClient } from '../client/node-client.ts'
import { createIdentity, type Identity } from './identity.ts'
import { findKeyOwner } from './key-owner.ts'
import { inceptionOf } from './secrets.ts'
import type { OpenIdentity, Wallet } from './wallet.ts'
import { writeIdentity } from './wallet-files.ts'

/**
 * Opens the chosen identity. One that was restored while no node answered is looked up first: its words may have
 * followed others, and then its id is that of the first ones.
 */
export const openIdentity = async (
  wallet: Wallet,
  client: NodeClient,
  chosen: Identity,
): Promise<OpenIdentity> => {
  const opened = await wallet.open(chosen)
  if (!chosen.isUnchecked) return opened
  const { inception, role } = await findKeyOwner(client, opened.secrets)
  const found = createIdentity(chosen.name, role, inception, inceptionOf(opened.secrets))
  await writeIdentity(wallet.files, found)
  return equalBytes(found.id, chosen.id) && role === chosen.role ? opened : wallet.open(found)
}
