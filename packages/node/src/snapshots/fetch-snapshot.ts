import { checkpointMetaOf, equalBytes, ok, type Result, refuse } from '@medchain/core'
import { type Clock, delay } from '../clock.ts'
import type { Staging } from '../storage/index.ts'
import { fetchBlocks } from './fetch-blocks.ts'
import { fetchChunks } from './fetch-chunks.ts'
import { type AskingParts, collectOffers, type Offer } from './offers.ts'

const RETRY_MS = 500
/** How long a start waits for a member that offers a snapshot or goes on with one. */
const PATIENCE_MS = 30_000

export interface FetchParts extends AskingParts {
  readonly clock: Clock
  readonly staging: Staging
  readonly patienceMs?: number
}

const nameOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

/**
 * The one that failed the least often: whoever offers the greatest height and hands on nothing of it keeps nobody from
 * the others. Of these the snapshot that was begun with, else the newest.
 */
const choose = (
  offers: readonly Offer[],
  staging: Staging,
  failures: ReadonlyMap<string, number>,
): Offer | undefined => {
  const failed = ({ bytes }: Offer): number => failures.get(nameOf(bytes)) ?? 0
  const least = Math.min(...offers.map(failed))
  const best = offers.filter((offer) => failed(offer) === least)
  const begun = staging.manifest()
  return best.find(({ bytes }) => begun && equalBytes(begun, bytes)) ?? best[0]
}

const stagedCount = ({ sound }: Offer, { state, blocks }: Staging): number =>
  sound.manifest.chunkHashes.filter((hash, index) => state.has(index, hash)).length + blocks().headHeight()

const complete = async ({ sound }: Offer, { staging }: FetchParts): Promise<void> => {
  const { manifest, height, hash, handovers } = sound
  const meta = checkpointMetaOf(height, hash, manifest.log)
  await staging.complete({ handovers, height, meta })
}

/**
 * Fetches a snapshot of the chain from the connected members into the staging folder, piece by piece; what is staged
 * already is not asked for again. Gives its height. `snapshot.unavailable` when for half a minute nobody helped on.
 */
export const fetchSnapshot = async (parts: FetchParts): Promise<Result<number>> => {
  const { staging, clock, logger, patienceMs = PATIENCE_MS } = parts
  const failures = new Map<string, number>()
  let lastHelpMs = clock.now()
  while (clock.now() - lastHelpMs < patienceMs) {
    const offer = choose(await collectOffers(parts), staging, failures)
    if (!offer) {
      await delay(clock, RETRY_MS)
      continue
    }
    const { height, manifest } = offer.sound
    logger.info({ height, members: offer.members.length }, 'a snapshot of the chain is fetched')
    await staging.begin(offer.bytes, manifest.recentBlocks.fromHeight)
    const before = stagedCount(offer, staging)
    if ((await fetchChunks(offer, staging, parts)) && (await fetchBlocks(offer, staging, parts))) {
      await complete(offer, parts)
      return ok(height)
    }
    const name = nameOf(offer.bytes)
    failures.set(name, (failures.get(name) ?? 0) + 1)
    if (stagedCount(offer, staging) > before) lastHelpMs = clock.now()
    await delay(clock, RETRY_MS)
  }
  return refuse('snapshot.unavailable', 'No connected member hands on a snapshot of the chain.')
}
