import path from 'node:path'
import { accountIdFromInception, type TransactionKind } from '@medchain/core'
import { findPassphrase, nodeCiphers, nodePaths, readNodeConfig, readNodeKeys } from '@medchain/node'
import type { TransactionOutcome } from '../../client/api-types.ts'
import type { NodeClient } from '../../client/node-client.ts'
import type { Actor } from '../../client/signed-request.ts'
import type { CommandContext } from '../../command-context.ts'
import { CommandError, valueOrFail } from '../../command-error.ts'
import { sendOne } from '../../sending/send-each.ts'

/** Whoever has the node's home and its passphrase speaks for the institution. */
export interface InstitutionSession {
  readonly client: NodeClient
  readonly actor: Actor
  /** X25519, 32 bytes. */
  readonly sealingSecret: Uint8Array
  readonly send: <P>(
    kind: Pick<TransactionKind<P>, 'kind' | 'payload'>,
    payload: P,
  ) => Promise<TransactionOutcome>
}

/** Given, in the file that node.json names, in the environment, or typed. */
const passphraseOf = async (context: CommandContext): Promise<string> => {
  const { host, options } = context
  const label = 'Passphrase of the node’s keys'
  if (options.passphraseFile !== undefined) return context.passphrase({ label })
  const { passphraseFile } = valueOrFail(await readNodeConfig(options.home, host.env))
  if (passphraseFile === undefined) return context.passphrase({ label })
  return valueOrFail(await findPassphrase(path.resolve(options.home, passphraseFile), { ...host.env }))
}

const keysOf = async (
  context: CommandContext,
): Promise<Pick<InstitutionSession, 'actor' | 'sealingSecret'>> => {
  const { home } = context.options
  const passphrase = await passphraseOf(context)
  const { signingSeed, sealingSecret, salt } = valueOrFail(await readNodeKeys(nodePaths(home), passphrase))
  const inception = {
    signingKey: nodeCiphers.ed25519Public(signingSeed),
    sealingKey: nodeCiphers.x25519Public(sealingSecret),
    salt,
  }
  const actor = {
    id: accountIdFromInception(inception),
    inception: undefined,
    sign: (message: Uint8Array) => nodeCiphers.ed25519Sign(signingSeed, message),
  }
  return { actor, sealingSecret }
}

const asOperator = (error: unknown): unknown =>
  error instanceof CommandError && error.code === 'config.missing'
    ? new CommandError(
        'config.missing',
        'This is an institution’s to do, and this home holds no node.',
        '--home names the home of a node; medchain node init makes one.',
      )
    : error

/** Signs with the keys of the node in this home. `config.*`, `keystore.*` when they cannot be had. */
export const openInstitution = async (context: CommandContext): Promise<InstitutionSession> => {
  const { actor, sealingSecret } = await keysOf(context).catch((error: unknown) => {
    throw asOperator(error)
  })
  const client = await context.client()
  return {
    client,
    actor,
    sealingSecret,
    send: (kind, payload) => sendOne(context, client, kind, actor, payload),
  }
}
