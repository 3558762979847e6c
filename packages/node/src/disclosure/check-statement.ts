import {
  charts,
  type DisclosureLeg,
  type DisclosureStatement,
  decode,
  disclosureHash,
  disclosureMessage,
  disclosureStatementSchema,
  equalBytes,
  hexFromBytes,
  ok,
  type Result,
  type SignedDisclosure,
  signingKeyOf,
} from '@medchain/core'
import { REQUEST_AGE_MS_MAX } from '../requests/gate.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { refuseDisclosure } from './codes.ts'

/** A statement that its actor signed for this node. */
export interface CheckedStatement {
  readonly statement: DisclosureStatement
  readonly signed: SignedDisclosure
  readonly hash: Uint8Array
  /** The actor's key that the signature was checked with. */
  readonly signingKey: Uint8Array
  /** Whether the chain has the chart: only then is there a log for it. */
  readonly hasChart: boolean
}

const holderOf = (statement: DisclosureStatement, leg: DisclosureLeg): Uint8Array =>
  ({
    ciphertext: statement.ciphertextHolder,
    release: statement.releaseHolder,
    agent: statement.servingNode,
    share: statement.ciphertextHolder,
  })[leg]

/** BG7: no record, the purpose BTG, and the custodian in both holder fields. */
const asksForShares = ({ recordIds, scopeProofs, purpose, ...statement }: DisclosureStatement): boolean =>
  recordIds.length === 0 &&
  scopeProofs.length === 0 &&
  purpose === 'BTG' &&
  equalBytes(statement.ciphertextHolder, statement.releaseHolder)

const asksForRecords = ({
  recordIds,
  scopeProofs,
  ciphertextHolder,
  releaseHolder,
}: DisclosureStatement): boolean =>
  recordIds.length > 0 &&
  new Set(recordIds.map(hexFromBytes)).size === recordIds.length &&
  (scopeProofs.length === 0 || scopeProofs.length === recordIds.length) &&
  !equalBytes(ciphertextHolder, releaseHolder)

const isWellFormed = (statement: DisclosureStatement, leg: DisclosureLeg): boolean =>
  (statement.kind === 'share') === (leg === 'share') &&
  (leg === 'share' ? asksForShares(statement) : asksForRecords(statement))

type Ports = Pick<PrivacyPorts, 'chain' | 'self' | 'verifier' | 'clock'>

/** Everything that can be checked of a statement without deciding on its records. */
export const checkStatement = (
  signed: SignedDisclosure,
  leg: DisclosureLeg,
  actor: Uint8Array,
  { chain, self, verifier, clock }: Ports,
): Result<CheckedStatement> => {
  const decoded = decode(disclosureStatementSchema, signed.statement)
  if (!decoded.ok) return refuseDisclosure('disclosure.malformed', decoded.message)
  const statement = decoded.value
  if (!isWellFormed(statement, leg)) return refuseDisclosure('disclosure.malformed')
  if (!equalBytes(statement.networkId, chain.networkId)) return refuseDisclosure('disclosure.network')
  if (!equalBytes(statement.actor, actor)) return refuseDisclosure('disclosure.signature')
  if (!equalBytes(holderOf(statement, leg), self.id)) return refuseDisclosure('disclosure.holder')
  const { view } = chain.head()
  const key = signingKeyOf(view, actor)
  if (!key.ok) return key
  if (!verifier.verify(key.value, disclosureMessage(signed.statement), signed.signature)) {
    return refuseDisclosure('disclosure.signature')
  }
  if (Math.abs(clock.wallMs() - statement.timeMs) > REQUEST_AGE_MS_MAX)
    return refuseDisclosure('disclosure.time')
  const hasChart = view.get(charts, statement.chart) !== undefined
  return ok({ statement, signed, hash: disclosureHash(signed.statement), signingKey: key.value, hasChart })
}
