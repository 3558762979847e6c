import { accounts } from '@medchain/core'
import { ApiError } from '../api-error.ts'
import { nullable, object, routeSchema, string } from '../schema.ts'
import type { ApiServer } from '../server.ts'
import type { NodeServices } from '../services.ts'
import { did, didOrNull, hex, idFromDid } from '../text.ts'

/** Institutions, staff, researchers, guardians, devices. */
export const accountRoutes = (server: ApiServer, { ledger }: NodeServices): void => {
  const schema = routeSchema('accounts', {
    summary: 'An account at the head of the chain',
    parameters: object({ did: string }),
    answer: object({
      did: string,
      role: string,
      status: string,
      sponsor: nullable(string),
      signingKey: string,
      sealingKey: string,
      institutionName: nullable(string),
      height: { type: 'integer' },
    }),
  })
  server.get<{ Params: { did: string } }>('/v1/accounts/:did', { schema }, ({ params }) => {
    const id = idFromDid(params.did)
    const account = ledger.view().get(accounts, id)
    if (!account) throw new ApiError('account.not-found', 'No such account is on the chain.')
    return {
      did: did(id),
      role: account.role,
      status: account.status,
      sponsor: didOrNull(account.sponsor),
      signingKey: hex(account.signingKey),
      sealingKey: hex(account.sealingKey),
      institutionName: account.institutionName ?? null,
      height: ledger.status().height,
    }
  })
}
