import { PassThrough } from 'node:stream'
import {
  batchIdFromRecordId,
  bytesFromBase32,
  type DisclosureLeg,
  type DisclosureStatement,
  decode,
  disclosureHash,
  disclosureLeg,
  disclosureMessage,
  encodeDisclosureStatement,
  holdersOf,
  type LegItem,
  legAnswerSchema,
  openLeg,
  type SignedDisclosure,
  unwrap,
} from '@medchain/core'
import { nodeCiphers } from '@medchain/node'
import type { Person } from '../../../../test/harness/people.ts'
import { createCommandContext } from '../../src/command-context.ts'
import { CommandError } from '../../src/command-error.ts'
import { readGlobalOptions } from '../../src/global-options.ts'
import { type Acting, actAs } from '../../src/reading/acting.ts'
import { findBatch, idOfDid } from '../../src/reading/chain-facts.ts'

/** What one holder gave for one record. */
export interface LegAnswer {
  readonly holder: string
  readonly leg: DisclosureLeg
  readonly code: string
  /** Whether key or ciphertext came with it. */
  readonly givesSomething: boolean
}

const actingAs = ({ home, url, passphraseFile }: Person): Promise<Acting> => {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const host = { env: {}, stdin, stdout, stderr, homeFolder: home, now: Date.now }
  return actAs(createCommandContext(host, readGlobalOptions(host, { home, node: url, passphraseFile })))
}

/** One holder's item for the record, or the code of its refusal. */
const askHolder = async (
  { client, networkId, identity }: Acting,
  node: Uint8Array,
  leg: 'ciphertext' | 'release',
  { signed, secret }: Statement,
): Promise<Partial<LegItem>> => {
  try {
    const sealed = await client.call(disclosureLeg, { signed, leg }, identity.actor, { node })
    const statementHash = disclosureHash(signed.statement)
    const content = unwrap(await openLeg(secret, { networkId, statementHash }, sealed))
    return unwrap(decode(legAnswerSchema, content)).items[0] ?? {}
  } catch (error) {
    if (error instanceof CommandError) return { code: error.code }
    throw error
  }
}

interface Statement {
  readonly signed: SignedDisclosure
  /** Opens the answers. */
  readonly secret: Uint8Array
}

type Holders = Pick<DisclosureStatement, 'ciphertextHolder' | 'releaseHolder'>

/** A statement as a client of one's own would make it, past the rules of this one. */
const signStatement = async (
  { client, networkId, identity }: Acting,
  chart: Uint8Array,
  recordId: Uint8Array,
  holders: Holders & { readonly minHeight: number },
): Promise<Statement> => {
  const secret = nodeCiphers.randomBytes(32)
  const statement = encodeDisclosureStatement({
    ...holders,
    ...{ version: 1, networkId, actor: identity.actor.id, chart, kind: 'read', recordIds: [recordId] },
    ...{ purpose: 'TREAT', grantId: undefined, scopeProofs: [], servingNode: await client.institution() },
    ...{ nonce: nodeCiphers.randomBytes(16), timeMs: Date.now() },
    responseKey: nodeCiphers.x25519Public(secret),
  })
  return { signed: { statement, signature: identity.actor.sign(disclosureMessage(statement)) }, secret }
}

/** Asks every holder of a record for its leg, whatever the reader's client would do. */
export const askEveryHolder = async (
  reader: Person,
  recordText: string,
  minHeight: number,
): Promise<LegAnswer[]> => {
  const acting = await actingAs(reader)
  const recordId = unwrap(bytesFromBase32(recordText))
  const batchId = batchIdFromRecordId(recordId)
  const batch = await findBatch(acting.client, batchId)
  if (batch === undefined) throw new Error(`no batch of ${recordText}`)
  const { members } = await acting.client.get<{ members: { did: string; name: string }[] }>('/v1/members')
  const { ciphertext, release } = holdersOf(
    batchId,
    members.map(({ did }) => idOfDid(did)),
    idOfDid(batch.institution),
  )
  const nameOf = (id: Uint8Array): string =>
    members.find(({ did }) => Buffer.from(idOfDid(did)).equals(id))?.name ?? 'unknown'
  const answers: LegAnswer[] = []
  for (const [index, ciphertextHolder] of ciphertext.entries()) {
    const releaseHolder = release[index] as Uint8Array
    const holders = { ciphertextHolder, releaseHolder, minHeight }
    const statement = await signStatement(acting, idOfDid(batch.chart), recordId, holders)
    for (const leg of ['ciphertext', 'release'] as const) {
      const id = leg === 'ciphertext' ? ciphertextHolder : releaseHolder
      const { code = 'no item', key, ciphertext: bytes } = await askHolder(acting, id, leg, statement)
      const givesSomething = key !== undefined || bytes !== undefined
      answers.push({ holder: nameOf(id), leg, code, givesSomething })
    }
  }
  return answers
}
