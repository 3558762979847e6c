import { setTimeout as delay } from 'node:timers/promises'
import { base32FromBytes, type Compartment, ERASED_RECORD_ID, equalBytes, importKnown } from '@medchain/core'
import { CommandError, fail } from '../command-error.ts'
import { EXIT, exitCodeOf } from '../exit-code.ts'
import { readTargetChart, type TargetChart } from './import-target.ts'
import type { PlannedBatch } from './plan-batches.ts'
import type { ImportedRecord } from './report.ts'
import type { ImportGate, KnownItem } from './run-import.ts'
import { type SendPlace, sealAndSend, sendLarge } from './seal-and-send.ts'

const TRIES_MAX = 6
const RETRY_MS = 300
const EPOCHS_TRIED_MAX = 5
const DIGESTS_MAX = 10_000

export interface GatePlace extends SendPlace {
  readonly charts: ReadonlyMap<Compartment, Uint8Array>
  /** DID of the patient. */
  readonly subject: string
  readonly progress: ImportGate['progress']
  readonly isInterrupted: ImportGate['isInterrupted']
}

const isPassing = (error: unknown): boolean =>
  error instanceof CommandError && exitCodeOf(error.code) === EXIT.busy

/** Tries again, ever more slowly, while the node has too much to do. */
const patiently = async <T>(send: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries++) {
    try {
      return await send()
    } catch (error) {
      if (!isPassing(error) || tries === TRIES_MAX) throw error
      await delay(RETRY_MS * 2 ** (tries - 1))
    }
  }
}

const recordsOf = (
  { subject, author }: GatePlace,
  batch: PlannedBatch,
  recordIds: readonly Uint8Array[],
  height: number,
): readonly ImportedRecord[] =>
  batch.items.map(({ description, compartment, sizeBytes }, index) => ({
    id: base32FromBytes(recordIds[index] as Uint8Array),
    subject,
    compartment,
    resourceType: description.resourceType,
    mediaType: description.mediaType,
    title: description.title,
    author: author.did,
    height,
    sizeBytes,
  }))

const knownAs = (recordId: Uint8Array | undefined): KnownItem => {
  if (recordId === undefined) return 'new'
  return equalBytes(recordId, ERASED_RECORD_ID) ? 'erased' : 'known'
}

/** An import's way to the network: duplicates asked of the author's institution, batches sealed and anchored. */
export const createNetworkGate = (place: GatePlace): ImportGate => {
  const { client, author, charts } = place
  const targets = new Map<Compartment, Promise<TargetChart>>()

  const targetOf = (compartment: Compartment, isFresh: boolean): Promise<TargetChart> => {
    const chart = charts.get(compartment)
    if (chart === undefined) return fail('import.no-chart', `The patient has no chart for ${compartment}.`)
    const known = targets.get(compartment)
    if (known !== undefined && !isFresh) return known
    const reading = readTargetChart(client, chart)
    targets.set(compartment, reading)
    return reading
  }

  const sendOnce = async (batch: PlannedBatch, isFresh: boolean) => {
    const target = await targetOf(batch.compartment, isFresh)
    const [first] = batch.items
    return batch.isLarge && first ? sendLarge(place, target, first) : sealAndSend(place, target, batch.items)
  }

  /** Where the patient began a new epoch meanwhile, the batch is sealed to its key and sent again. */
  const sendToPresentEpoch = async (batch: PlannedBatch) => {
    for (let tries = 1; ; tries++) {
      try {
        return await patiently(() => sendOnce(batch, tries > 1))
      } catch (error) {
        const isStale = error instanceof CommandError && error.code === 'records.stale-epoch'
        if (!isStale || tries === EPOCHS_TRIED_MAX) throw error
      }
    }
  }

  return {
    progress: place.progress,
    isInterrupted: place.isInterrupted,
    hasChart: (compartment) => charts.has(compartment),
    known: async (digests) => {
      const known: KnownItem[] = []
      for (let at = 0; at < digests.length; at += DIGESTS_MAX) {
        const payload = { digests: digests.slice(at, at + DIGESTS_MAX) }
        const options = { node: author.institution.institution }
        const found = await patiently(() => client.call(importKnown, payload, author.actor, options))
        known.push(...found.map(knownAs))
      }
      return known
    },
    send: async (batch) => {
      const sent = await sendToPresentEpoch(batch)
      return recordsOf(place, batch, sent.recordIds, sent.height)
    },
  }
}
