import { accounts, describeMembers, hexFromBytes, institutionsIn, memberJson } from '@medchain/core'
import {
  array,
  boolean,
  described,
  integer,
  nullable,
  number,
  object,
  routeSchema,
  string,
} from '../schema.ts'
import type { ApiServer } from '../server.ts'
import type { NodeServices } from '../services.ts'
import { did } from '../text.ts'

const peer = object({
  institution: string,
  name: string,
  peerId: string,
  connected: boolean,
  address: nullable(string),
  roundTripMs: nullable(number),
  connectedSinceMs: nullable(number),
  queuedBytes: integer,
})

const pendingChange = object({
  type: described('candidate, join or leave'),
  effectiveHeight: nullable(integer),
  lapsesHeight: nullable(integer),
})

const member = object({
  did: string,
  name: string,
  role: string,
  status: string,
  isValidator: boolean,
  part: described('validator, candidate or observer'),
  isMissing: described('Whether it missed its last turn as proposer and was not seen since', boolean),
  missedTurns: integer,
  skippedUntilMs: nullable(described('Block time to which it is passed over as proposer', integer)),
  evidence: object({ count: integer, lastHeight: nullable(integer), lastMs: nullable(integer) }),
  pendingChange: nullable(pendingChange),
  addresses: array(string),
  signingKey: string,
  sealingKey: string,
  votingKey: string,
  nodeKey: string,
})

const peerRoute = (server: ApiServer, { ledger, network }: NodeServices): void => {
  const schema = routeSchema('members', {
    summary: 'The other nodes as this one sees them',
    answer: object({ peers: array(peer) }),
  })
  server.get('/v1/peers', { schema }, () => {
    const view = ledger.view()
    const named = new Map(institutionsIn(view).map((id) => [hexFromBytes(id), id] as const))
    const peers = network.peers().map((each) => {
      const id = named.get(each.institution)
      return {
        institution: id ? did(id) : each.institution,
        name: (id && view.get(accounts, id)?.institutionName) ?? '',
        peerId: each.peerId,
        connected: each.connected,
        address: each.address ?? null,
        roundTripMs: each.roundTripMs ?? null,
        connectedSinceMs: each.connectedSinceMs ?? null,
        queuedBytes: each.queuedBytes,
      }
    })
    return { peers }
  })
}

/** The institutions and their nodes. */
export const memberRoutes = (server: ApiServer, services: NodeServices): void => {
  peerRoute(server, services)
  const schema = routeSchema('members', {
    summary: 'The institutions of the network',
    answer: object({ members: array(member) }),
  })
  server.get('/v1/members', { schema }, () => {
    const described = describeMembers(services.ledger.view(), services.ledger.status().headTimeMs)
    return { members: described.map(memberJson) }
  })
}
