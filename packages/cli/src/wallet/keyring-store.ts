import { type Keyring, keyringRead, keyringWrite, openKeyring, sealKeyring } from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import type { NodeClient } from '../client/node-client.ts'
import { CommandError, valueOrFail } from '../command-error.ts'
import { holdLock } from '../hold-lock.ts'
import { preparedRecoveriesOf } from '../recovering/recovery-entry.ts'
import { mergeKeyrings } from './merge-keyrings.ts'
import type { OpenIdentity } from './wallet.ts'
import { readIfThere, type WalletFiles, writeWalletFile } from './wallet-files.ts'

export const EMPTY_KEYRING: Keyring = { version: 0, charts: [], grants: [], extra: [] }

/** A person's random secrets: sealed on this disk, and in the node's vault so that the words restore them. */
export interface KeyringStore {
  readonly current: () => Keyring
  /** Saves the next version durably on this machine. */
  readonly save: (change: (keyring: Keyring) => Keyring) => Promise<Keyring>
  /** Brings in what another machine of the person stored at the node; false when the node is away. */
  readonly pull: () => Promise<boolean>
  /** Stores the current version at the node; false when the node is away. */
  readonly push: () => Promise<boolean>
}

interface Surroundings {
  readonly client: NodeClient
  readonly files: WalletFiles
  readonly warn: (line: string) => void
}

const isAway = (error: unknown): boolean =>
  error instanceof CommandError && /^node\.(unreachable|timeout|not-ready|busy)$/.test(error.code)

const codeOf = (error: unknown): string => (error instanceof CommandError ? error.code : '')

/** Opens the keyring of an identity; `keyring.wrong-key` when it belongs to another network. */
export const openKeyringStore = async (
  identity: OpenIdentity,
  { client, files, warn }: Surroundings,
): Promise<KeyringStore> => {
  const networkId = await client.networkId()
  const sealingKey = nodeCiphers.x25519Public(identity.secrets.sealingSecret)
  const file = files.keyring(identity.name)
  const unseal = async (sealed: Uint8Array): Promise<Keyring> => {
    const keys = { secretKey: identity.secrets.sealingSecret, publicKey: sealingKey }
    return valueOrFail(await openKeyring(keys, networkId, sealed))
  }
  const stored = await readIfThere(file)
  let keyring = stored === undefined ? EMPTY_KEYRING : await unseal(stored)
  /** Other commands of the identity may have written meanwhile: the file decides, and one changes it at a time. */
  const update = (change: (keyring: Keyring) => Keyring): Promise<void> =>
    holdLock(`${file}.lock`, async () => {
      const present = await readIfThere(file)
      if (present !== undefined) keyring = await unseal(present)
      const next = change(keyring)
      if (next === keyring) return
      await writeWalletFile(file, valueOrFail(await sealKeyring(sealingKey, networkId, next)))
      keyring = next
    })
  const pull = async (): Promise<boolean> => {
    try {
      const { sealed } = await client.call(keyringRead, [], identity.actor)
      if (sealed === undefined) return true
      const theirs = await unseal(sealed)
      if (mergeKeyrings(keyring, theirs) !== keyring) await update((ours) => mergeKeyrings(ours, theirs))
      return true
    } catch (error) {
      if (isAway(error)) return false
      throw error
    }
  }
  const send = async (): Promise<void> => {
    const sealed = valueOrFail(await sealKeyring(sealingKey, networkId, keyring))
    await client.call(keyringWrite, { counter: keyring.version, sealed }, identity.actor)
  }
  /** A recovery brings back what was last stored. */
  const refresh = async (): Promise<void> => {
    if (preparedRecoveriesOf(keyring).length === 0) return
    const { refreshRecovery } = await import('../recovering/deposit-content.ts')
    await refreshRecovery({ identity, client, networkId, keyring: { current: () => keyring } }, warn)
  }
  return {
    current: () => keyring,
    save: async (change) => {
      await update((present) => ({ ...change(present), version: present.version + 1 }))
      return keyring
    },
    pull,
    push: async () => {
      try {
        await send().catch(async (error: unknown) => {
          if (codeOf(error) !== 'keyring.stale') throw error
          // Another machine of the person wrote meanwhile: its changes and ours become one version.
          await pull()
          await update((present) => ({ ...present, version: present.version + 1 }))
          await send()
        })
        await refresh()
        return true
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        warn(`The keyring is saved here, but not at the node yet: ${reason}`)
        return false
      }
    },
  }
}
