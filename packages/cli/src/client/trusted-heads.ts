import { setTimeout as delay } from 'node:timers/promises'
import {
  type Certificate,
  certificateSchema,
  decode,
  type Header,
  headerSchema,
  type Schema,
  validateCommittedHeader,
  validatorsAt,
} from '@medchain/core'
import { signatureVerifier } from '@medchain/node'
import { CommandError } from '../command-error.ts'
import { durationText } from '../format/time.ts'
import { accuse } from './accuse.ts'
import type { HeadChecks } from './head-checks.ts'
import { afterHead, type HeadVerdict, judgeHead } from './judge-head.ts'
import type { NodeClient } from './node-client.ts'
import { erasFor } from './validators-of.ts'

/** Whom proofs are asked of; without `heads` neither time nor memory plays a part. */
export type Proving = Pick<NodeClient, 'get' | 'networkId'> & Partial<NodeClient>

const ENCODED_BYTES_MAX = 4 * 1024 * 1024

export const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))

/** The node’s proof does not hold. */
export const disprove = (client: Proving, of: string): Promise<never> =>
  accuse(client, 'proof.false', `gave a proof of ${of} that does not hold.`)

export const decodeProof = async <T>(
  client: Proving,
  of: string,
  schema: Schema<T>,
  text: string,
): Promise<T> => {
  const value = decode(schema, fromBase64(text), ENCODED_BYTES_MAX)
  return value.ok ? value.value : disprove(client, of)
}

const passVerdict = async (client: Proving, heads: HeadChecks, verdict: HeadVerdict): Promise<void> => {
  if (verdict.type === 'rollback')
    return accuse(
      client,
      'proof.rollback',
      `shows ${verdict.why}.`,
      'Ask another node with --node; if that one is fine, this one lies or was set back.',
    )
  if (verdict.type === 'old' && !heads.bearsOld(verdict.ageMs))
    return accuse(
      client,
      'proof.stale',
      `shows a newest block that is ${durationText(verdict.ageMs)} old: the chain stands still, the node hides what came after, or this machine’s clock is wrong.`,
      'Try another node with --node; medchain node status --node URL shows each one’s head.',
    )
}

/** How often a question is asked again for want of a block: an old one, or none at all yet. */
const TRIES: Readonly<Record<string, number>> = { 'proof.stale': 6, 'node.not-ready': 30 }
const PAUSE_MS = 1000

/** Asks again for a while where the head is old, or missing: a node or a machine that just woke has a block soon. */
export const whileOld = async <T>(client: Proving, asking: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries++) {
    try {
      return await asking()
    } catch (error) {
      const most = client.heads && error instanceof CommandError ? (TRIES[error.code] ?? 0) : 0
      if (tries > most) throw error
      await delay(PAUSE_MS)
    }
  }
}

/** How a header came: as a node writes it. */
export interface HeadText {
  readonly header: string
  readonly certificate: string
}

interface CommittedHeader {
  readonly header: Header
  readonly certificate: Certificate
}

/** A header that a quorum committed to, of whatever age. `proof.false`, `proof.handover`. */
const committedHeader = async (client: Proving, of: string, text: HeadText): Promise<CommittedHeader> => {
  const header = await decodeProof(client, of, headerSchema, text.header)
  const certificate = await decodeProof(client, of, certificateSchema, text.certificate)
  if (client.isTrusting) return { header, certificate }
  const isChanged = (client.heads?.known()?.setFromHeight ?? 1) > 1
  const eras = await erasFor(client, header, isChanged)
  const validators = validatorsAt(eras, header.height)
  const networkId = await client.networkId()
  const isCommitted = validateCommittedHeader(
    header,
    certificate,
    networkId,
    validators,
    signatureVerifier,
  ).ok
  return isCommitted ? { header, certificate } : disprove(client, of)
}

/** A head as `committedHeader`, and neither older than allowed nor of another history than this home has seen. */
export const believeHead = async (client: Proving, of: string, text: HeadText): Promise<Header> => {
  const { header } = await committedHeader(client, of, text)
  const { heads } = client
  if (client.isTrusting || heads === undefined) return header
  const eras = await erasFor(client, header, (heads.known()?.setFromHeight ?? 1) > 1)
  const judge = (): Promise<void> =>
    passVerdict(client, heads, judgeHead(header, eras, heads.known(), heads.now()))
  await judge()
  const next = afterHead(heads.known(), header, eras)
  // A command beside this one may have seen what this head contradicts.
  if (next !== heads.known() && (await heads.remember(next)) !== next) await judge()
  return header
}
