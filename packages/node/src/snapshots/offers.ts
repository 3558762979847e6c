import {
  decodeManifest,
  decodeSnapshotAnswer,
  encodeSnapshotRequest,
  type Genesis,
  hexFromBytes,
  type SignatureVerifier,
  type SnapshotRequest,
  type SoundManifest,
  validateManifest,
} from '@medchain/core'
import type { Logger } from '../logger.ts'
import type { Network } from '../network/index.ts'

const REQUEST_TIMEOUT_MS = 15_000

/** A snapshot that members offer, checked against the genesis document. */
export interface Offer {
  readonly sound: SoundManifest
  readonly bytes: Uint8Array
  /** Institutions that have it. */
  readonly members: string[]
}

export interface AskingParts {
  readonly network: Pick<Network, 'peers' | 'request'>
  readonly genesis: Genesis
  readonly verifier: SignatureVerifier
  readonly logger: Logger
  /** Members that sent something false; nothing is asked of them any more. */
  readonly liars: Set<string>
}

/** A member sent what is not the piece it was asked for. */
export const noteBadPiece = (
  { liars, logger }: Pick<AskingParts, 'liars' | 'logger'>,
  peer: string,
  code: string,
  piece: string,
): void => {
  liars.add(peer)
  logger.warn(
    { code: 'snapshot.bad-piece', peer, piece, reason: code },
    'a member sent a false piece of the snapshot',
  )
}

export const connectedMembers = ({ network, liars }: Pick<AskingParts, 'network' | 'liars'>): string[] =>
  network
    .peers()
    .filter(({ connected, institution }) => connected && !liars.has(institution))
    .map(({ institution }) => institution)

/** What a member answers; undefined when it does not have it or does not answer. */
export const askSnapshot = async (
  network: Pick<Network, 'request'>,
  peer: string,
  request: SnapshotRequest,
): Promise<Uint8Array | undefined> => {
  const options = { timeoutMs: REQUEST_TIMEOUT_MS }
  const answer = await network
    .request(peer, 'snapshot', encodeSnapshotRequest(request), options)
    .catch(() => undefined)
  const decoded = answer && decodeSnapshotAnswer(answer)
  return decoded?.ok ? decoded.value.content : undefined
}

/** A member may name more blocks than another for the same header, or too few: these are other offers. */
const nameOf = ({ hash, manifest }: SoundManifest): string =>
  `${hexFromBytes(hash)} ${manifest.recentBlocks.fromHeight}`

/** What the connected members offer: those of the greatest height first, of these the one that most have. */
export const collectOffers = async (parts: AskingParts): Promise<readonly Offer[]> => {
  const offers = new Map<string, Offer>()
  const ask = async (peer: string): Promise<void> => {
    const bytes = await askSnapshot(parts.network, peer, { type: 'manifest' })
    if (bytes === undefined) return
    const manifest = decodeManifest(bytes)
    const sound = manifest.ok ? validateManifest(manifest.value, parts.genesis, parts.verifier) : manifest
    if (!sound.ok) {
      noteBadPiece(parts, peer, sound.code, 'manifest')
      return
    }
    const name = nameOf(sound.value)
    const known = offers.get(name)
    if (known) known.members.push(peer)
    else offers.set(name, { sound: sound.value, bytes, members: [peer] })
  }
  await Promise.all(connectedMembers(parts).map(ask))
  return [...offers.values()].sort(
    (a, b) => b.sound.height - a.sound.height || b.members.length - a.members.length,
  )
}
