import { accounts, hexFromBytes, institutionsIn, members } from '@medchain/core'
import { array, boolean, integer, nullable, number, object, routeSchema, string } from '../schema.ts'
import type { ApiServer } from '../server.ts'
import type { NodeServices } from '../services.ts'
import { did, hex } from '../text.ts'

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

const member = object({
  did: string,
  name: string,
  role: string,
  status: string,
  isValidator: boolean,
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
    const view = services.ledger.view()
    const found = institutionsIn(view).flatMap((id) => {
      const entry = view.get(members, id)
      const account = view.get(accounts, id)
      if (!entry || !account) return []
      return [
        {
          did: did(id),
          name: entry.name,
          role: entry.role,
          status: account.status,
          isValidator: entry.isValidator,
          addresses: entry.addresses,
          signingKey: hex(account.signingKey),
          sealingKey: hex(account.sealingKey),
          votingKey: hex(entry.votingKey),
          nodeKey: hex(entry.nodeKey),
        },
      ]
    })
    return { members: found }
  })
}
