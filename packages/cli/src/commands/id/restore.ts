import { normalizeWords, secretsFromWords } from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import { findAccount } from '../../client/accounts.ts'
import type { CommandContext } from '../../command-context.ts'
import { CommandError, valueOrFail } from '../../command-error.ts'
import { readInputText } from '../../read-input.ts'
import {
  createIdentity,
  type IdentityRole,
  identityJson,
  parseIdentityRole,
  parseName,
} from '../../wallet/identity.ts'
import { openKeyringStore } from '../../wallet/keyring-store.ts'
import { actorOf, inceptionOf } from '../../wallet/secrets.ts'
import type { OpenIdentity, Wallet } from '../../wallet/wallet.ts'
import { type CommandAction, textOption } from '../command-spec.ts'

const isUnavailable = (error: unknown): boolean =>
  error instanceof CommandError && error.code.startsWith('node.')

/** The role that the chain has for the account; patients have none there. Undefined when no node answers. */
const roleOnChain = async (context: CommandContext, did: string): Promise<IdentityRole | undefined> => {
  try {
    const account = await findAccount(await context.client(), did)
    return account === undefined ? 'patient' : parseIdentityRole(account.role)
  } catch (error) {
    if (isUnavailable(error)) return undefined
    throw error
  }
}

const fetchKeyring = async (
  context: CommandContext,
  wallet: Wallet,
  identity: OpenIdentity,
): Promise<number | undefined> => {
  const client = await context.client()
  const store = await openKeyringStore(identity, { client, files: wallet.files, warn: context.warn })
  return (await store.pull()) ? store.current().charts.length : undefined
}

const outcomeText = (name: string, role: IdentityRole, charts: number | undefined): string => {
  if (role !== 'patient') return `${name} is restored.`
  if (charts === undefined) return `${name} is restored; its keyring comes when a node answers.`
  if (charts === 0) return `${name} is restored; the node holds no keyring for it.`
  return `${name} is restored with ${charts} charts.`
}

/** Makes an identity again from its words, and brings its keyring in. */
export const restoreId: CommandAction = async (context, input) => {
  const name = parseName(input.args[0] ?? '')
  const words = normalizeWords(await readInputText(context.host, 'The 24 words'))
  const secrets = { ...valueOrFail(secretsFromWords(words, nodeCiphers)), words: words.join(' ') }
  const inception = inceptionOf(secrets)
  const { did } = createIdentity(name, 'patient', inception)
  const given = textOption(input, 'role')
  const role = given === undefined ? await roleOnChain(context, did) : parseIdentityRole(given)
  if (role === undefined)
    context.warn('No node answers, so the role is taken to be patient; --role names another.')
  const identity = createIdentity(name, role ?? 'patient', inception)
  const passphrase = await context.passphrase({ label: 'New passphrase', isNew: true })
  const wallet = await context.wallet()
  await wallet.add(identity, secrets, passphrase)
  let charts: number | undefined
  if (role === 'patient') {
    charts = await fetchKeyring(context, wallet, {
      ...identity,
      secrets,
      actor: actorOf(identity, secrets),
    }).catch((error: unknown) => {
      if (isUnavailable(error)) return undefined
      throw error
    })
  }
  return {
    json: { ...identityJson(identity), charts: charts ?? null },
    text: `${outcomeText(name, identity.role, charts)}\n${did}`,
  }
}
