import { didFromAccountId } from '@medchain/core'
import type { AccountInfo, BatchInfo, ChartInfo, GrantInfo } from './api-types.ts'
import type { NodeClient } from './node-client.ts'

/** The account of a DID, or undefined when the chain has none. */
export const findAccount = (client: NodeClient, did: string): Promise<AccountInfo | undefined> =>
  client.find<AccountInfo>(`/v1/accounts/${did}`)

/** A chart by its id, or undefined when the chain has none. */
export const findChart = (client: NodeClient, chart: Uint8Array): Promise<ChartInfo | undefined> =>
  client.find<ChartInfo>(`/v1/charts/${didFromAccountId(chart)}`)

const PAGE_SIZE = 1000

const allPages = async <K extends string, T>(
  client: NodeClient,
  path: string,
  key: K,
): Promise<readonly T[]> => {
  const items: T[] = []
  let cursor: number | null = 0
  while (cursor !== null) {
    type Page = Readonly<Record<K, readonly T[]>> & { readonly next: number | null }
    const page: Page = await client.get<Page>(path, { limit: PAGE_SIZE, cursor })
    items.push(...page[key])
    cursor = page.next
  }
  return items
}

/** Every grant that a chart gave, oldest first. */
export const grantsOfChart = (client: NodeClient, chart: Uint8Array): Promise<readonly GrantInfo[]> =>
  allPages<'grants', GrantInfo>(client, `/v1/charts/${didFromAccountId(chart)}/grants`, 'grants')

/** Every batch of records in a chart, oldest first. */
export const batchesOfChart = (client: NodeClient, chart: Uint8Array): Promise<readonly BatchInfo[]> =>
  allPages<'batches', BatchInfo>(client, `/v1/charts/${didFromAccountId(chart)}/batches`, 'batches')
