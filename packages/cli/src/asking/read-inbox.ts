import {
  type AccessBlock,
  accessList,
  accountIdFromDid,
  base32FromBytes,
  type ListedAccessRequest,
} from '@medchain/core'
import { findChart } from '../client/accounts.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError, valueOrFail } from '../command-error.ts'
import type { Session } from '../wallet/session.ts'
import { type LetterReader, openReceived, type ReceivedRequest } from './open-request.ts'

export interface HeldBlock extends AccessBlock {
  readonly home: Uint8Array
}

export interface OpenInbox {
  /** Oldest first. */
  readonly requests: readonly ReceivedRequest[]
  readonly blocks: readonly HeldBlock[]
}

export const readerOf = ({ client, networkId, identity }: Session): LetterReader => ({
  client,
  networkId,
  id: identity.id,
  sealingSecret: identity.secrets.sealingSecret,
})

/** Institutions that registered charts of the patient: there the requests wait. */
const homesOf = async ({ client, keyring }: Session): Promise<readonly Uint8Array[]> => {
  const charts = await Promise.all(keyring.current().charts.map(({ chartId }) => findChart(client, chartId)))
  const sponsors = new Set(charts.flatMap((chart) => (chart === undefined ? [] : [chart.sponsor])))
  return [...sponsors].map((did) => valueOrFail(accountIdFromDid(did)))
}

interface Listed {
  readonly home: Uint8Array
  readonly requests: readonly ListedAccessRequest[]
  readonly blocks: readonly AccessBlock[]
}

const listAt = async (
  context: CommandContext,
  { client, identity }: Session,
  home: Uint8Array,
): Promise<Listed> => {
  try {
    return { home, ...(await client.call(accessList, [], identity.actor, { node: home })) }
  } catch (error) {
    if (!(error instanceof CommandError) || !/^(network|node)\./.test(error.code)) throw error
    context.warn(`An institution that keeps requests for you does not answer: ${error.message}`)
    return { home, requests: [], blocks: [] }
  }
}

/** Everything that waits for the patient; what is not proven to be what it says is left out and told. */
export const readInbox = async (context: CommandContext, session: Session): Promise<OpenInbox> => {
  const lists = await Promise.all((await homesOf(session)).map((home) => listAt(context, session, home)))
  const reader = readerOf(session)
  const opened = await Promise.all(
    lists.flatMap(({ home, requests }) =>
      requests
        .filter(({ direction }) => direction === 'received')
        .map((listed) => openReceived(reader, listed, home)),
    ),
  )
  const requests = opened.filter((request) => request !== undefined)
  const unproven = opened.length - requests.length
  if (unproven > 0) {
    context.warn(`Left out: ${unproven} that do not open, or whose sender the chain does not prove.`)
  }
  const byId = new Map(requests.map((each) => [base32FromBytes(each.request.requestId), each]))
  return {
    requests: [...byId.values()].sort((a, b) => a.request.createdMs - b.request.createdMs),
    blocks: lists.flatMap(({ home, blocks }) => blocks.map((block) => ({ ...block, home }))),
  }
}
