import {
  chartEpochs,
  createEnvelopeOpener,
  type DisclosureStatement,
  decideAccess,
  decidingRecord,
  decodeEnvelope,
  disputeK1,
  type EnvelopeOpener,
  epochSecretsOf,
  equalBytes,
  type Grant,
  grantsOfChart,
  hexFromBytes,
  ok,
  openGrant,
  positionKey,
  type RecordEnvelope,
  type Result,
  type SignedDisclosure,
  verifyEpochSecret,
} from '@medchain/core'
import { isStaffOf } from '../custody/anchoring.ts'
import type { GrantEnvelopes } from '../directory/grant-envelopes.ts'
import { nodeCiphers } from '../keystore/index.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import type { AdmitStatement } from './admit-statement.ts'
import { refuseDisclosure } from './codes.ts'
import { itemsFor, sealItems } from './serve-leg.ts'

const KEY_MISMATCH: Result<never> = {
  ok: false,
  code: 'record.key-mismatch',
  message: 'The institution has no key for this record.',
}

/** What the institution was handed for one chart: secrets by epoch, k1 by record. */
interface GrantedKeys {
  readonly epochs: Map<number, Uint8Array>
  readonly records: Map<string, Uint8Array>
}

type Ports = Pick<PrivacyPorts, 'chain' | 'self'>

const collect = async (
  { chain, self }: Ports,
  envelopes: GrantEnvelopes,
  chart: Uint8Array,
  grants: readonly Grant[],
): Promise<GrantedKeys> => {
  const keys: GrantedKeys = { epochs: new Map(), records: new Map() }
  for (const { grantId } of grants) {
    const sealed = await envelopes.find(grantId)
    if (!sealed.ok || sealed.value === undefined) continue
    const context = { networkId: chain.networkId, grantee: self.id }
    const grant = await openGrant(self.sealingSecret, context, sealed.value)
    if (!grant.ok || !equalBytes(grant.value.chart, chart)) continue
    const { keys: granted } = grant.value
    if (granted.type === 'records') {
      for (const { recordId, k1 } of granted.keys) keys.records.set(hexFromBytes(recordId), k1)
    }
    for (const { epoch, secret } of epochSecretsOf(grant.value)) {
      const publicKey = chain.head().view.get(chartEpochs, chart, positionKey(epoch))?.epochKey
      const isRight = publicKey !== undefined && verifyEpochSecret(secret, publicKey, nodeCiphers).ok
      if (isRight) keys.epochs.set(epoch, secret)
    }
  }
  return keys
}

/** k1 of one record by whichever way the institution has to it. */
const openK1 = async (
  opener: EnvelopeOpener,
  bytes: Uint8Array,
  { recordId, epoch, authorInstitution }: RecordEnvelope,
  granted: GrantedKeys,
  { chain, self }: Ports,
): Promise<Result<Uint8Array>> => {
  const single = granted.records.get(hexFromBytes(recordId))
  if (single) return ok(single)
  const disputed = decidingRecord(chain.head().view, recordId)
  const disputedK1 = granted.records.get(hexFromBytes(disputed))
  if (disputedK1) return ok(disputeK1(disputedK1, { networkId: chain.networkId, recordId }, nodeCiphers))
  const secret = granted.epochs.get(epoch)
  if (secret) return opener.asChart(bytes, secret)
  return equalBytes(authorInstitution, self.id) ? opener.asAuthor(bytes, self.sealingSecret) : KEY_MISMATCH
}

/**
 * The institution's key agent: for its own active staff it opens k1 of records that the institution wrote or
 * was granted, and seals each to the statement's response key, after a decision and a log entry like any leg.
 */
export const serveAgentWith = (ports: PrivacyPorts, admit: AdmitStatement, envelopes: GrantEnvelopes) => {
  const { chain, self } = ports
  const opener = createEnvelopeOpener(chain.networkId, nodeCiphers)

  const grantsHere = (chart: Uint8Array): readonly Grant[] =>
    grantsOfChart(chain.head().view, chart).filter(
      (grant) => grant.revokedHeight === undefined && !grant.isDeny && equalBytes(grant.grantee, self.id),
    )

  /** A person's own grant opens nothing here: the institution must itself be able to read, for care at least. */
  const isOurs = (
    { chart, purpose, recordIds, scopeProofs }: DisclosureStatement,
    position: number,
  ): boolean => {
    const { view, timeMs } = chain.head()
    const asInstitution = {
      actor: self.id,
      chart,
      recordId: recordIds[position],
      purpose: purpose === 'HRESCH' ? ('TREAT' as const) : purpose,
      mode: 'read' as const,
      timeMs,
      scopeProof: scopeProofs[position],
    }
    return decideAccess(view, asInstitution).outcome === 'permit'
  }

  return async (
    {
      signed,
      envelopes: given,
    }: { readonly signed: SignedDisclosure; readonly envelopes: readonly Uint8Array[] },
    actor: Uint8Array,
  ): Promise<Result<Uint8Array>> => {
    if (!isStaffOf(chain.head().view, actor, self.id)) return refuseDisclosure('consent.none')
    const admitted = await admit(signed, 'agent', actor)
    if (!admitted.ok) return admitted
    const { statement, decisions } = admitted.value
    const granted = await collect(ports, envelopes, statement.chart, grantsHere(statement.chart))
    const byRecord = new Map<string, { readonly bytes: Uint8Array; readonly envelope: RecordEnvelope }>()
    for (const bytes of given) {
      const envelope = decodeEnvelope(bytes)
      if (envelope.ok && equalBytes(envelope.value.chart, statement.chart)) {
        byRecord.set(hexFromBytes(envelope.value.recordId), { bytes, envelope: envelope.value })
      }
    }
    const ours = new Set(
      statement.recordIds.filter((_, position) => isOurs(statement, position)).map(hexFromBytes),
    )
    const items = await itemsFor(decisions, async (recordId) => {
      const name = hexFromBytes(recordId)
      const found = ours.has(name) ? byRecord.get(name) : undefined
      const k1 = found ? await openK1(opener, found.bytes, found.envelope, granted, ports) : KEY_MISMATCH
      return k1.ok ? ok({ key: k1.value, ciphertext: undefined, ciphertextSizeBytes: 0 }) : k1
    })
    return sealItems(admitted.value, items)
  }
}
