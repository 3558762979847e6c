import {
  type CoSigned,
  compareBytes,
  encodeTransaction,
  equalBytes,
  ok,
  type Result,
  transactionId,
  transactionMessage,
} from '@medchain/core'
import type { PrivacyPorts } from '../requests/ports.ts'
import { refuseDirectory } from './codes.ts'

/** Whether the body is this institution's to send, of that kind, and signed by `key`. */
export const checkCoSigned = (
  { body, signature }: CoSigned,
  kind: string,
  key: Uint8Array,
  { chain, self, verifier }: Pick<PrivacyPorts, 'chain' | 'self' | 'verifier'>,
): Result<void> => {
  if (!equalBytes(body.networkId, chain.networkId))
    return refuseDirectory('directory.registration', 'another network')
  if (!equalBytes(body.sender, self.id)) return refuseDirectory('directory.registration', 'another sponsor')
  if (body.kind !== kind) return refuseDirectory('directory.registration', `not ${kind}`)
  return verifier.verify(key, transactionMessage(transactionId(body)), signature)
    ? ok(undefined)
    : refuseDirectory('directory.registration', 'false signature')
}

/** The transaction with the institution's signature beside the newcomer's, encoded. */
export const coSign = ({ body, signer, signature }: CoSigned, self: PrivacyPorts['self']): Uint8Array => {
  const own = { signer: self.id, signature: self.sign(transactionMessage(transactionId(body))) }
  const signatures = [own, { signer, signature }].sort((a, b) => compareBytes(a.signer, b.signer))
  return encodeTransaction({ body, signatures })
}
