import {
  accounts,
  equalBytes,
  evidenceAgainst,
  hexFromBytes,
  institutionsIn,
  isMissing,
  members,
  type PendingChange,
  pendingChangeIn,
  type ReadView,
  skipTableIn,
} from '@medchain/core'
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

const pendingOf = (pending: PendingChange | undefined, id: Uint8Array) => {
  if (!pending || pending.type === 'parameters' || !equalBytes(pending.institution, id)) return null
  const { type } = pending
  return pending.type === 'candidate'
    ? { type, effectiveHeight: null, lapsesHeight: pending.lapsesHeight }
    : { type, effectiveHeight: pending.effectiveHeight, lapsesHeight: null }
}

/** How an institution takes part, and what it missed or did wrong. */
const createPartOf = (view: ReadView, headTimeMs: number) => {
  const skips = skipTableIn(view)
  const change = pendingChangeIn(view)
  return (id: Uint8Array, isValidator: boolean) => {
    const skip = skips.find(({ institution }) => equalBytes(institution, id))
    const entries = evidenceAgainst(view, id)
    const last = entries.at(-1)
    const pending = pendingOf(change, id)
    const isCandidate = pending?.type === 'candidate' || pending?.type === 'join'
    return {
      part: isValidator ? 'validator' : isCandidate ? 'candidate' : 'observer',
      isMissing: skip !== undefined && isMissing(view, id),
      missedTurns: skip?.strikes ?? 0,
      skippedUntilMs: skip && skip.untilMs > headTimeMs ? skip.untilMs : null,
      evidence: {
        count: entries.length,
        lastHeight: last?.height ?? null,
        lastMs: last?.reportedAtMs ?? null,
      },
      pendingChange: pending,
    }
  }
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
    const partOf = createPartOf(view, services.ledger.status().headTimeMs)
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
          ...partOf(id, entry.isValidator),
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
