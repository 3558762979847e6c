import type { RoundChangeMessage } from '../../../src/consensus/index.ts'
import { hexFromBytes } from '../../../src/encoding/index.ts'
import { blockHash, type CommittedBlock, encodeCommittedBlock } from '../../../src/ledger/index.ts'
import type { Certificate } from '../../../src/votes/index.ts'
import type { Random } from '../world/random.ts'
import type { HeightKnowledge } from './knowledge.ts'
import type { Pen } from './pen.ts'

const certificate = (
  size: number,
  { height, round, blockHash }: Pick<Certificate, 'height' | 'round' | 'blockHash'>,
  signatures: readonly (readonly [number, Uint8Array])[],
): Certificate => {
  const bitmap = new Uint8Array(Math.ceil(size / 8))
  const ordered = [...signatures].sort(([a], [b]) => a - b)
  for (const [member] of ordered) bitmap[member >> 3] = (bitmap[member >> 3] as number) | (1 << (member & 7))
  return { height, round, blockHash, bitmap, signatures: ordered.map(([, signature]) => signature) }
}

/**
 * A block that no quorum committed to, with a certificate that says so: prepares shown as commits, one member
 * short, the own signature under every name, or one signature written several times under one name.
 */
export const forgeCommitted = (
  known: HeightKnowledge,
  pen: Pen,
  size: number,
  random: Random,
  bodies: ReadonlyMap<string, Uint8Array>,
): Uint8Array | undefined => {
  const votes = [...known.votes.values()].filter(({ hash }) => known.blocks.has(hexFromBytes(hash)))
  if (votes.length === 0) return undefined
  const { hash, round, signatures } = random.pick(votes)
  const outline = known.blocks.get(hexFromBytes(hash))
  const transactions = outline?.wireHashes.flatMap((name) => bodies.get(hexFromBytes(name)) ?? []) ?? []
  if (outline === undefined || transactions.length < outline.wireHashes.length) return undefined
  const place = { height: known.height, round, blockHash: hash }
  const own = pen.vote('commit', known.height, round, hash).signature
  const index = pen.indexAt(known.height)
  const heard = [...signatures.entries()]
  const everybody = Array.from({ length: size }, (_, member) => [member, own] as const)
  const honest = certificate(size, place, [...heard.filter(([member]) => member !== index), [index, own]])
  const forged = random.pick([
    certificate(size, place, heard),
    honest,
    certificate(size, place, everybody),
    { ...honest, signatures: Array.from({ length: size }, () => own) },
    { ...honest, bitmap: new Uint8Array(Math.ceil(size / 8)).fill(255) },
    { ...certificate(size, place, [[index, own]]), signatures: Array.from({ length: size }, () => own) },
  ])
  const committed: CommittedBlock = { block: { header: outline.header, transactions }, certificate: forged }
  return encodeCommittedBlock(committed)
}

/** A claim to have prepared some block of this height, under a certificate of the own signature alone. */
export const forgeClaim = (
  known: HeightKnowledge,
  pen: Pen,
  size: number,
  random: Random,
): RoundChangeMessage | undefined => {
  const [outline] = random.shuffled([...known.blocks.values()])
  if (outline === undefined) return undefined
  const hash = blockHash(outline.header)
  const preparedRound = random.int(known.round + 1)
  const own = pen.vote('prepare', known.height, preparedRound, hash).signature
  const everybody = Array.from({ length: size }, (_, member) => [member, own] as const)
  const place = { height: known.height, round: preparedRound, blockHash: hash }
  const prepared = certificate(
    size,
    place,
    random.chance(0.5) ? everybody : [[pen.indexAt(known.height), own]],
  )
  const newRound = preparedRound + 1 + random.int(3)
  return pen.roundChange(known.height, { newRound, preparedRound, preparedHash: hash }, prepared)
}
