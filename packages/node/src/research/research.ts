import type { Result } from '@medchain/core'
import type { Destroyer } from '../erasure/due-erasures.ts'
import { createBroker } from './broker/broker.ts'
import { createReceiver } from './broker/receive.ts'
import { eraseRowsWith } from './erase-rows.ts'
import type { ResearchPorts } from './ports.ts'
import { runQuery } from './query/run-query.ts'
import { type RefreshReport, refreshOwn } from './refresh-own.ts'
import { createResourceIndex } from './resource-index.ts'

/** The node's research part: its index, what it delivers as broker, what it receives, and queries. */
export interface Research {
  readonly start: () => void
  readonly close: () => Promise<void>
  readonly acceptDelivery: (from: Uint8Array, bytes: Uint8Array) => Promise<Result<void>>
  /** This room's part of an erasure. */
  readonly erase: Destroyer
  /** `json` as `parseQueryRequest` takes it; the actor's signature was checked. */
  readonly query: (actor: Uint8Array, json: string) => Promise<Result<string>>
}

export const createResearch = (ports: ResearchPorts): Research => {
  const index = createResourceIndex(ports.vault, ports.logger)
  const receiver = createReceiver(ports, index)
  const broker = createBroker(ports)
  let refreshing: Promise<RefreshReport> | undefined
  const refresh = (): Promise<RefreshReport> => {
    refreshing ??= refreshOwn(ports, index).finally(() => {
      refreshing = undefined
    })
    return refreshing
  }
  const components = { ports, index, receiver, refresh }
  return {
    start: () => {
      receiver.start()
      broker.start()
    },
    close: async () => {
      await receiver.close()
      await broker.close()
      await index.close()
    },
    acceptDelivery: receiver.accept,
    erase: eraseRowsWith({ ports, index, expectedGrants: receiver.expectedGrants }),
    query: (actor, json) => runQuery(components, actor, json),
  }
}
