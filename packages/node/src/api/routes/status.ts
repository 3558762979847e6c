import { accounts, removalHeightIn } from '@medchain/core'
import { fingerprintOf } from '../../config/index.ts'
import { API_VERSION, VERSION } from '../../version.ts'
import { array, boolean, described, integer, nullable, object, routeSchema, string } from '../schema.ts'
import type { ApiServer } from '../server.ts'
import type { NodeServices } from '../services.ts'
import { base32, did, hex } from '../text.ts'

const answer = object({
  networkId: described('base32'),
  networkName: string,
  genesisFingerprint: described('The network id in groups, to compare by telephone'),
  institution: described('DID of the institution whose node this is'),
  institutionDid: string,
  institutionName: string,
  role: string,
  height: integer,
  headHash: described('hex'),
  headTimeMs: integer,
  stateRoot: described('hex'),
  round: integer,
  proposer: described('DID of the proposer of the round in progress'),
  validators: array(string),
  isValidator: boolean,
  removedFromHeight: nullable(
    described('First height that is decided without this institution, which a vote removed', integer),
  ),
  peers: integer,
  syncing: boolean,
  seenHeight: integer,
  checkpointHeight: integer,
  abstaining: nullable(described('Why the validator does not sign for the moment')),
  clockSkewMs: nullable(
    described('How far the clock is ahead of the newest blocks, below 0 when behind', integer),
  ),
  evidence: integer,
  mempool: object({ transactions: integer, bytes: integer }),
  sponsorPolicy: string,
  apiVersion: string,
  version: string,
})

/** What a node says about itself. */
export const statusRoutes = (server: ApiServer, services: NodeServices): void => {
  const { ledger, network, genesis, config } = services
  const institution = did(services.institution)
  const schema = routeSchema('status', { summary: 'The node and its chain', answer })
  server.get('/v1/status', { schema }, () => {
    const status = ledger.status()
    const view = ledger.view()
    const account = view.get(accounts, services.institution)
    return {
      networkId: base32(status.networkId),
      networkName: genesis.name,
      genesisFingerprint: fingerprintOf(status.networkId),
      institution,
      institutionDid: institution,
      institutionName: account?.institutionName ?? config.name,
      role: account?.role ?? config.role,
      height: status.height,
      headHash: hex(status.headHash),
      headTimeMs: status.headTimeMs,
      stateRoot: hex(status.stateRoot),
      round: status.round,
      proposer: did(status.proposer),
      validators: status.validators.map((member) => did(member.institution)),
      isValidator: status.selfIndex >= 0,
      removedFromHeight: removalHeightIn(view, services.institution) ?? null,
      peers: network.peers().filter((peer) => peer.connected).length,
      syncing: status.syncing,
      seenHeight: status.seenHeight,
      checkpointHeight: status.checkpointHeight,
      abstaining: status.abstaining ?? null,
      clockSkewMs: services.clockSkewMs() ?? null,
      evidence: status.evidenceCount,
      mempool: { transactions: status.mempool.transactions, bytes: status.mempool.sizeBytes },
      sponsorPolicy: config.sponsorPolicy,
      apiVersion: API_VERSION,
      version: VERSION,
    }
  })
}
