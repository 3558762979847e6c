import {
  decode,
  encode,
  extractSearchValues,
  hexFromBytes,
  isJsonObject,
  type JsonObject,
  readJson,
  splitRecordId,
  textFromBytes,
} from '@medchain/core'
import { createInTurn } from '../requests/in-turn.ts'
import type { LoggerPort, VaultPort } from '../requests/ports.ts'
import { indexKeys, type StoredResource, storedResourceSchema } from './stored-row.ts'
import { createResourceTable, type IndexedResource, type ResourceTable } from './table/resource-table.ts'

/** What the index keeps of resources, durable in the vault and searchable in memory. */
export interface ResourceIndex {
  /** The table, opened and refilled on first use. */
  readonly table: () => Promise<ResourceTable>
  readonly hasOwn: (record: Uint8Array) => boolean
  /** Durable when resolved. */
  readonly addOwn: (resources: readonly StoredResource[]) => Promise<void>
  readonly addDelivered: (
    resources: readonly StoredResource[],
    progress: { key: Uint8Array; value: Uint8Array },
  ) => Promise<void>
  /** Destroys records of the institution's own index. */
  readonly removeOwn: (records: readonly Uint8Array[]) => Promise<void>
  /** Whether rows were delivered under a grant. */
  readonly hasDelivered: (grantId: Uint8Array) => boolean
  /** Destroys delivered rows by the pseudonyms of their records. */
  readonly removeRows: (grantId: Uint8Array, records: readonly Uint8Array[]) => Promise<void>
  /** Destroys what was delivered under a grant. */
  readonly removeDelivered: (grantId: Uint8Array) => Promise<void>
  readonly close: () => Promise<void>
}

const parseResource = (stored: StoredResource): JsonObject | undefined => {
  const parsed = stored.resource.length > 0 ? readJson(stored.resource) : undefined
  return parsed?.ok && isJsonObject(parsed.value) ? parsed.value : undefined
}

const indexed = (stored: StoredResource): IndexedResource | undefined => {
  const resource = parseResource(stored)
  const json = textFromBytes(stored.resource)
  if (resource === undefined || json === undefined || typeof resource.resourceType !== 'string')
    return undefined
  return {
    unit: hexFromBytes(stored.unit),
    record: hexFromBytes(stored.record),
    person: stored.person,
    resourceType: resource.resourceType,
    json,
    values: extractSearchValues(resource),
  }
}

const REFILL_STEP = 500

export const createResourceIndex = (vault: VaultPort, logger: LoggerPort): ResourceIndex => {
  let opening: Promise<ResourceTable> | undefined
  let opened: ResourceTable | undefined
  // One change at a time, so that vault and table get the same rows, each once.
  const inTurn = createInTurn()
  const known = new Set(
    vault
      .list('index', indexKeys.all.own)
      .map((key) => hexFromBytes(indexKeys.restOf(key, indexKeys.all.own))),
  )

  const insert = (table: ResourceTable, resources: readonly StoredResource[]): void =>
    table.insert(resources.map(indexed).filter((row) => row !== undefined))

  const refill = async (table: ResourceTable): Promise<void> => {
    const keys = [...vault.list('index', indexKeys.all.own), ...vault.list('index', indexKeys.all.delivered)]
    let waiting: StoredResource[] = []
    for (const key of keys) {
      const value = await vault.get({ kind: 'index', key })
      const stored =
        value.ok && value.value !== undefined ? decode(storedResourceSchema, value.value) : undefined
      if (stored?.ok) waiting.push(stored.value)
      else logger.warn({ code: 'vault.damaged' }, 'a row of the research index could not be read')
      if (waiting.length >= REFILL_STEP) {
        insert(table, waiting)
        waiting = []
      }
    }
    insert(table, waiting)
  }

  const open = async (): Promise<ResourceTable> => {
    const table = await createResourceTable()
    await refill(table)
    opened = table
    return table
  }

  const store = async (
    keyed: readonly { readonly key: Uint8Array; readonly resource: StoredResource }[],
    extra: readonly { readonly key: Uint8Array; readonly value: Uint8Array }[],
  ): Promise<void> => {
    const entries = keyed.map(({ key, resource }) => ({
      kind: 'index' as const,
      key,
      value: encode(storedResourceSchema, resource),
    }))
    await vault.putBatch([...entries, ...extra.map((entry) => ({ kind: 'index' as const, ...entry }))])
    if (opened)
      insert(
        opened,
        keyed.map(({ resource }) => resource),
      )
  }

  return {
    table: () => {
      opening ??= inTurn(open).catch((error: unknown) => {
        opening = undefined
        throw error
      })
      return opening
    },
    hasOwn: (record) => known.has(hexFromBytes(record)),
    addOwn: (resources) =>
      inTurn(async () => {
        const fresh = resources.filter(({ record }) => !known.has(hexFromBytes(record)))
        await store(
          fresh.map((resource) => ({ key: indexKeys.own(resource.record), resource })),
          [],
        )
        for (const { record } of fresh) known.add(hexFromBytes(record))
      }),
    addDelivered: (resources, progress) =>
      inTurn(async () => {
        const keyed = resources.map((resource) => ({
          key: indexKeys.delivered(resource.unit, resource.record),
          resource,
        }))
        const held = new Set(
          resources
            .flatMap(({ unit }) => vault.list('index', indexKeys.deliveredPrefix(unit)))
            .map(hexFromBytes),
        )
        await store(
          keyed.filter(({ key }) => !held.has(hexFromBytes(key))),
          [progress],
        )
      }),
    removeOwn: (records) =>
      inTurn(async () => {
        await vault.erase(records.map((record) => ({ kind: 'index' as const, key: indexKeys.own(record) })))
        for (const record of records) {
          known.delete(hexFromBytes(record))
          await opened?.removeRecord(hexFromBytes(splitRecordId(record).batchId), hexFromBytes(record))
        }
      }),
    hasDelivered: (grantId) => vault.list('index', indexKeys.deliveredPrefix(grantId)).length > 0,
    removeRows: (grantId, records) =>
      inTurn(async () => {
        const keys = records.map((record) => indexKeys.delivered(grantId, record))
        await vault.erase(keys.map((key) => ({ kind: 'index' as const, key })))
        for (const record of records) await opened?.removeRecord(hexFromBytes(grantId), hexFromBytes(record))
      }),
    removeDelivered: (grantId) =>
      inTurn(async () => {
        const keys = [...vault.list('index', indexKeys.deliveredPrefix(grantId)), indexKeys.received(grantId)]
        await vault.erase(keys.map((key) => ({ kind: 'index' as const, key })))
        await opened?.removeUnit(hexFromBytes(grantId))
      }),
    async close() {
      await inTurn(async () => opened?.close())
    },
  }
}
