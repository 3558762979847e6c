import {
  CO_SIGN_MS,
  type DeclarationSignature,
  emergencyHalted,
  emergencyKeepHalted,
  type HaltedDeclaration,
  haltedDeclarationId,
  haltedDeclarationMessage,
  type KnownHaltedDeclaration,
  type SignedHaltedDeclaration,
} from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import { findAccount } from '../client/accounts.ts'
import { provenMembers } from '../client/proven-members.ts'
import type { Actor } from '../client/signed-request.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError, fail } from '../command-error.ts'
import { type Acting, ownChartsOf } from '../reading/acting.ts'
import { idOfDid } from '../reading/chain-facts.ts'
import type { OpenIdentity } from '../wallet/wallet.ts'
import type { ChainEmergency } from './chain-emergencies.ts'
import { describeEmergencies } from './emergency-details.ts'
import type { KnownEmergency } from './known-emergencies.ts'

/** An emergency that was declared while the chain stands still, as a node knows it. */
export interface HaltedEmergency extends KnownEmergency {
  readonly known: KnownHaltedDeclaration
}

/** The institution that enrolled an account, as the chain proves it. */
export const homeOf = async ({ client }: Pick<Acting, 'client'>, did: string): Promise<Uint8Array> => {
  const account = await findAccount(client, did)
  return account?.sponsor
    ? idOfDid(account.sponsor)
    : fail('emergency.not-clinician', 'Only a practitioner of a care institution declares emergencies.')
}

export const signDeclaration = (
  declaration: HaltedDeclaration,
  { actor, secrets }: Pick<OpenIdentity, 'actor' | 'secrets'>,
): DeclarationSignature => ({
  signingKey: nodeCiphers.ed25519Public(secrets.signingSeed),
  signature: actor.sign(haltedDeclarationMessage(declaration)),
})

/** The declaration as if a block had it. */
const asListed = (
  { declaration, byCoSigner, isClosed }: KnownHaltedDeclaration,
  institution: Uint8Array,
): ChainEmergency => {
  const { declarer, timeMs, height, durationMs } = declaration
  const fromMs = byCoSigner ? timeMs : undefined
  return {
    ...declaration,
    id: haltedDeclarationId(declaration),
    institution,
    declaredMs: timeMs,
    declaredHeight: height,
    fromMs,
    untilMs: timeMs + (byCoSigner ? durationMs : CO_SIGN_MS),
    closing: isClosed ? { by: declarer, height, timeMs } : undefined,
    review: undefined,
    isOfHalt: true,
  }
}

const knownTo = async (
  { client }: Pick<Acting, 'client'>,
  actor: Actor,
  institution: Uint8Array,
): Promise<readonly HaltedEmergency[]> => {
  const known = await client.call(emergencyHalted, [], actor, { node: institution })
  const described = await describeEmergencies(
    client,
    actor,
    known.map((each) => asListed(each, institution)),
    institution,
  )
  return described.map((each, index) => ({
    ...each,
    actor,
    known: known[index] as KnownHaltedDeclaration,
  }))
}

/**
 * Emergencies declared in the halt that concern whoever is in use, newest first: for staff those that their institution
 * knows, for a patient those that the node in use knows.
 */
export const haltedEmergencies = async (
  context: CommandContext,
  acting: Acting,
): Promise<readonly HaltedEmergency[]> => {
  const { client, identity, isPatient } = acting
  if (!isPatient) return knownTo(acting, identity.actor, await homeOf(acting, identity.did))
  const charts = await ownChartsOf(context, acting)
  const node = await client.institution()
  return (await Promise.all(charts.map(({ actor }) => knownTo(acting, actor, node)))).flat()
}

/** What an institution answered: its name, and why it did not do what it was asked. */
export interface Asked {
  readonly institution: Uint8Array
  readonly name: string
  readonly error: CommandError | undefined
}

/** Asks every institution for the same; those that refuse or are away answer with their error. */
export const askAll = async (
  { client }: Pick<Acting, 'client'>,
  asking: (institution: Uint8Array) => Promise<unknown>,
): Promise<readonly Asked[]> => {
  const members = await provenMembers(client)
  return Promise.all(
    members.map(async ({ did, name }) => {
      const institution = idOfDid(did)
      try {
        await asking(institution)
        return { institution, name, error: undefined }
      } catch (error) {
        if (!(error instanceof CommandError)) throw error
        return { institution, name, error }
      }
    }),
  )
}

/** Hands a declaration with both signatures to every institution: each decides by itself, and keeps it (BG12). */
export const handToAll = (
  acting: Acting,
  actor: Actor,
  { declaration, byDeclarer, byCoSigner }: SignedHaltedDeclaration,
): Promise<readonly Asked[]> =>
  askAll(acting, (node) =>
    acting.client.call(emergencyKeepHalted, { declaration, byDeclarer, byCoSigner }, actor, { node }),
  )

/** Whether an institution is away, as against one that refused. */
const isAway = ({ code }: CommandError): boolean => /^(network|node)\./.test(code)

/** Names the institutions that refused; those that are away are many in a halt, and only counted. */
export const tellRefusals = (context: CommandContext, answers: readonly Asked[]): void => {
  const told = new Set<string>()
  for (const { name, error } of answers) {
    if (!error || isAway(error) || told.has(`${name} ${error.code}`)) continue
    told.add(`${name} ${error.code}`)
    context.warn(`${name}: ${error.message} [${error.code}]`)
  }
}
