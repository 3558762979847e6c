import { access } from 'node:fs/promises'
import path from 'node:path'
import {
  type Attestation,
  accounts,
  didFromAccountId,
  enrol,
  PERSON_ROLES,
  type PersonRole,
  signAttestation,
  staffAttest,
} from '@medchain/core'
import { writeKeystore } from '@medchain/node'
import type { TransactionOutcome } from '../../client/api-types.ts'
import { readState } from '../../client/proven-state.ts'
import { createTransactionBody, signTransaction } from '../../client/signed-transaction.ts'
import type { CommandContext } from '../../command-context.ts'
import { fail, valueOrFail } from '../../command-error.ts'
import { licenceJson } from '../../format/licence.ts'
import { parseTime } from '../../format/parse-time.ts'
import { readPassphrase } from '../../passphrase.ts'
import { findParty, readHandedOver } from '../../wallet/contacts.ts'
import { createIdentity, type Identity } from '../../wallet/identity.ts'
import { encodePortableIdentity } from '../../wallet/portable-identity.ts'
import {
  actorOf,
  encodeSecrets,
  freshSecrets,
  type IdentitySecrets,
  inceptionOf,
} from '../../wallet/secrets.ts'
import { type CommandAction, type CommandInput, textOption } from '../command-spec.ts'
import { type InstitutionSession, openInstitution } from '../member/institution-session.ts'
import { summaryOf } from '../transaction-summary.ts'
import { stateOf } from './read-staff.ts'

const STAFF_ROLES = ['practitioner', 'researcher', 'device'] as const satisfies readonly PersonRole[]

const roleOption = (input: CommandInput, known: string | undefined): PersonRole => {
  const typed = textOption(input, 'role') ?? known
  if (typed === undefined) return fail('usage.missing-option', '--role is needed.')
  return (
    STAFF_ROLES.find((role) => role === typed) ??
    fail('usage.role', `Staff is one of ${STAFF_ROLES.join(', ')}; --role says which.`)
  )
}

const licenceOf = (input: CommandInput, nowMs: number): Attestation['licence'] => {
  const number = textOption(input, 'licence')
  const authority = textOption(input, 'licenceAuthority')
  const until = textOption(input, 'licenceUntil')
  if (number === undefined) {
    return authority === undefined && until === undefined
      ? undefined
      : fail('usage.licence', '--licence-authority and --licence-until go with --licence.')
  }
  const untilMs = until === undefined ? undefined : parseTime(until, nowMs, '--licence-until')
  return { number, authority, untilMs }
}

const attest = async (
  context: CommandContext,
  input: CommandInput,
  { client, actor }: InstitutionSession,
  of: Pick<Attestation, 'account' | 'name' | 'role'>,
): Promise<Attestation> => {
  const nowMs = context.host.now()
  const attestation: Attestation = {
    version: 1,
    networkId: await client.networkId(),
    institution: actor.id,
    ...of,
    licence: licenceOf(input, nowMs),
    issuedMs: nowMs,
  }
  const signed = signAttestation(attestation, actor.sign)
  await client.call(staffAttest, { signed }, actor, { node: actor.id })
  return attestation
}

const passphraseFor = (context: CommandContext, input: CommandInput): Promise<string> => {
  const passphraseFile = textOption(input, 'filePassphraseFile')
  const prompt = { label: 'Passphrase for the new file', isNew: true }
  return readPassphrase(context.host, { ...context.options, passphraseFile }, prompt)
}

const enrolKeys = async (
  context: CommandContext,
  { client, actor }: InstitutionSession,
  identity: Identity,
  secrets: IdentitySecrets,
): Promise<TransactionOutcome> => {
  const body = createTransactionBody({
    networkId: await client.networkId(),
    sender: actor.id,
    kind: enrol.kind,
    schema: enrol.payload,
    payload: { ...identity.inception, role: identity.role as PersonRole },
    timeMs: context.host.now(),
  })
  return client.submit(signTransaction(body, [actor, actorOf(identity, secrets)]), context.options.wait)
}

/** Makes the keys, writes them, and only then puts them on the chain: none is there that nobody has. */
const enrollNew = async (context: CommandContext, input: CommandInput, target: string) => {
  const [name = ''] = input.args
  const role = roleOption(input, undefined)
  licenceOf(input, context.host.now())
  const file = path.resolve(target)
  const isTaken = await access(file).then(
    () => true,
    () => false,
  )
  if (isTaken) return fail('file.exists', `${file} exists already; keys never overwrite a file.`)
  const session = await openInstitution(context)
  const passphrase = await passphraseFor(context, input)
  const secrets = freshSecrets()
  const identity = createIdentity(name, role, inceptionOf(secrets))
  const portable = { role, secrets: encodeSecrets(secrets), keyring: undefined, contacts: '[]' }
  valueOrFail(await writeKeystore(file, passphrase, encodePortableIdentity(portable)))
  const of = { account: identity.id, name: textOption(input, 'name') ?? name, role }
  const attestation = await attest(context, input, session, of)
  const summary = summaryOf([await enrolKeys(context, session, identity, secrets)])
  return { attestation, state: 'active', file, summary }
}

const knownRole = async (
  { client }: InstitutionSession,
  account: Uint8Array,
): Promise<PersonRole | undefined> => {
  const found = await readState(client, accounts.schema, accounts.keyOf(account))
  return PERSON_ROLES.find((role) => role === found?.role)
}

const enrollKnown = async (context: CommandContext, input: CommandInput) => {
  const [typed = ''] = input.args
  licenceOf(input, context.host.now())
  const { files } = await context.wallet()
  const party = await findParty(files, typed)
  const card = typed.startsWith('did:') ? undefined : await readHandedOver(typed).catch(() => undefined)
  const session = await openInstitution(context)
  const role = roleOption(input, card?.role ?? (await knownRole(session, party.id)))
  const name =
    textOption(input, 'name') ??
    card?.name ??
    (party.name === party.did
      ? fail('usage.missing-option', '--name is needed: a DID has none.')
      : party.name)
  const attestation = await attest(context, input, session, { account: party.id, name, role })
  const state = await stateOf(session, party.id)
  return { attestation, state, file: undefined, summary: undefined }
}

/** Vouches for somebody: name and licence signed into the directory, and the account admitted or enrolled. */
export const enrollStaff: CommandAction = async (context, input) => {
  const file = textOption(input, 'file')
  const done = await (file === undefined ? enrollKnown(context, input) : enrollNew(context, input, file))
  const { account, name, role, licence } = done.attestation
  const did = didFromAccountId(account)
  const next =
    done.file !== undefined
      ? `The keys are in ${done.file}, encrypted; their owner runs medchain id import NAME FILE.`
      : done.state === 'approved'
        ? 'Their owner now runs medchain register; no token is needed.'
        : `The account is ${done.state}.`
  return {
    json: {
      did,
      name,
      role,
      licence: licenceJson(licence),
      state: done.state,
      ...(done.file !== undefined && { file: done.file }),
      ...done.summary,
    },
    text: `${name} is attested as ${role}: ${did}\n${next}`,
  }
}
