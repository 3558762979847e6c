import type { SignedAttestation } from '@medchain/core'
import { findAttestation, type ProvenAccount } from '../client/attestations.ts'
import type { NodeClient } from '../client/node-client.ts'
import type { Actor } from '../client/signed-request.ts'

/** Who asks patients for access: a person whom an institution enrolled, or the institution itself. */
export interface Asker {
  readonly client: NodeClient
  readonly networkId: Uint8Array
  readonly actor: Actor
  readonly sealingSecret: Uint8Array
  readonly proven: ProvenAccount
  /** Whose node carries the request. */
  readonly institution: Uint8Array
}

/** What the institution attests of the asker, for the patient to see and check. */
export const ownAttestation = async ({ client, proven }: Asker): Promise<SignedAttestation | undefined> => {
  const answer = await findAttestation(client, proven)
  return answer.type === 'attested' ? answer.signed : undefined
}
