import { type Keyring, normalizeWords, secretsFromWords } from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import type { CommandContext } from '../../command-context.ts'
import { CommandError, valueOrFail } from '../../command-error.ts'
import { readInputText } from '../../read-input.ts'
import { formerSealingOf } from '../../wallet/former-keys.ts'
import {
  createIdentity,
  type IdentityRole,
  identityJson,
  parseIdentityRole,
  parseName,
} from '../../wallet/identity.ts'
import { findKeyOwner, type KeyOwner } from '../../wallet/key-owner.ts'
import { openKeyringStore } from '../../wallet/keyring-store.ts'
import { actorOf, type IdentitySecrets, inceptionOf } from '../../wallet/secrets.ts'
import type { OpenIdentity, Wallet } from '../../wallet/wallet.ts'
import { forgetKeyring } from '../../wallet/wallet-files.ts'
import { type CommandAction, textOption } from '../command-spec.ts'

const isUnavailable = (error: unknown): boolean =>
  error instanceof CommandError && error.code.startsWith('node.')

/** Whose keys these are; undefined when no node answers. */
const ownerOnNetwork = async (
  context: CommandContext,
  secrets: IdentitySecrets,
): Promise<KeyOwner | undefined> => {
  try {
    return await findKeyOwner(await context.client(), secrets)
  } catch (error) {
    if (isUnavailable(error)) return undefined
    throw error
  }
}

/** The keyring as the node has it, saved on this disk; undefined when no node answers. */
const fetchKeyring = async (
  context: CommandContext,
  wallet: Wallet,
  identity: OpenIdentity,
): Promise<Keyring | undefined> => {
  try {
    const client = await context.client()
    // The name is free: what lies there under it is nobody’s.
    await forgetKeyring(wallet.files, identity.name)
    const store = await openKeyringStore(identity, { client, files: wallet.files, warn: context.warn })
    return (await store.pull()) ? store.current() : undefined
  } catch (error) {
    if (isUnavailable(error)) return undefined
    throw error
  }
}

const outcomeText = (name: string, role: IdentityRole, charts: number | undefined): string => {
  if (role !== 'patient') return `${name} is restored.`
  if (charts === undefined) return `${name} is restored; its keyring comes when a node answers.`
  if (charts === 0) return `${name} is restored; the node holds no keyring for it.`
  return `${name} is restored with ${charts} charts.`
}

/** Makes an identity again from its words, and brings its keyring in; `identity.rotated` for words that were replaced. */
export const restoreId: CommandAction = async (context, input) => {
  const name = parseName(input.args[0] ?? '')
  const wallet = await context.wallet()
  await wallet.assertFree(name)
  const words = normalizeWords(await readInputText(context.host, 'The 24 words'))
  const derived = { ...valueOrFail(secretsFromWords(words, nodeCiphers)), words: words.join(' ') }
  const given = textOption(input, 'role')
  const asked = given === undefined ? undefined : parseIdentityRole(given)
  const owner = await ownerOnNetwork(context, derived)
  const role = asked ?? owner?.role ?? 'patient'
  if (owner === undefined && asked === undefined)
    context.warn('No node answers, so the role is taken to be patient; --role names another.')
  const keys = inceptionOf(derived)
  const found = createIdentity(name, role, owner?.inception ?? keys, keys)
  const identity = owner ? found : { ...found, isUnchecked: true }
  const passphrase = await context.passphrase({
    label: `New passphrase, which locks ${name} on this machine`,
    isNew: true,
  })
  const open = { ...identity, secrets: derived, actor: actorOf(identity, derived) }
  const keyring = owner && (await fetchKeyring(context, wallet, open))
  const former = keyring ? formerSealingOf(keyring) : []
  await wallet.add(identity, { ...derived, ...(former.length > 0 && { formerSealing: former }) }, passphrase)
  const charts = role === 'patient' ? keyring?.charts.length : undefined
  return {
    json: { ...identityJson(identity), charts: charts ?? null },
    text: `${outcomeText(name, identity.role, charts)}\n${identity.did}`,
  }
}
