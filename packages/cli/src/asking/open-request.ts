import {
  type Attestation,
  equalBytes,
  type ListedAccessRequest,
  openAccessRequest,
  openLetter,
  type RequestForAccess,
} from '@medchain/core'
import { signatureVerifier } from '@medchain/node'
import { openAttestationOf, type ProvenAccount, provenAccount } from '../client/attestations.ts'
import type { NodeClient } from '../client/node-client.ts'
import { REQUEST_LABEL } from './send-request.ts'

export interface LetterReader {
  readonly client: NodeClient
  readonly networkId: Uint8Array
  /** Id of whoever opens the letters. */
  readonly id: Uint8Array
  readonly sealingSecret: Uint8Array
}

/** A request that waits for the patient, with what is proven of whoever sent it. */
export interface ReceivedRequest {
  readonly request: RequestForAccess
  readonly requester: ProvenAccount
  /** Absent where the institution attests no name, or the attestation is not its own. */
  readonly attestation: Attestation | undefined
  /** Institution where it waits. */
  readonly home: Uint8Array
}

/** The content of a listed request, as far as it opens and is about itself. */
export const openContent = async (
  { networkId, id, sealingSecret }: LetterReader,
  { requestId, sealed }: ListedAccessRequest,
) => {
  const place = { label: REQUEST_LABEL, networkId, subject: requestId, recipient: id }
  const content = await openLetter(sealingSecret, place, sealed)
  const opened = content.ok ? openAccessRequest(content.value) : content
  if (!opened.ok) return undefined
  const { request } = opened.value
  const isItself = equalBytes(request.requestId, requestId) && equalBytes(request.networkId, networkId)
  return isItself ? opened.value : undefined
}

/**
 * A received request whose signature is that of an active account on the chain, whose institution handed it over;
 * undefined for anything else.
 */
export const openReceived = async (
  reader: LetterReader,
  listed: ListedAccessRequest,
  home: Uint8Array,
): Promise<ReceivedRequest | undefined> => {
  const opened = await openContent(reader, listed)
  if (opened === undefined || !equalBytes(opened.request.subject, reader.id)) return undefined
  const { request } = opened
  const requester = await provenAccount(reader.client, request.requester)
  if (requester === undefined) return undefined
  const { account, sponsor } = requester
  const isProven =
    account.status === 'active' &&
    opened.isSignedBy(account.signingKey, signatureVerifier) &&
    equalBytes(sponsor?.id ?? requester.id, listed.institution)
  if (!isProven) return undefined
  const attestation =
    request.attestation && openAttestationOf(request.attestation, requester, reader.networkId)
  return { request, requester, attestation, home }
}
