import {
  type ConsensusMessage,
  type ConsensusRecord,
  isConsensusMessage,
  roundOf,
} from '../../../src/consensus/index.ts'
import { concatBytes, hexFromBytes, unwrap } from '../../../src/encoding/index.ts'
import { blockHash } from '../../../src/ledger/index.ts'
import { decodeWal } from '../../../src/replica/index.ts'
import { committedFrom } from '../world/decoded.ts'
import type { Host } from '../world/host.ts'
import type { World } from '../world/world.ts'
import { membersOf } from './arithmetic.ts'
import { type Check, isOwn, Violation } from './check.ts'

const WAL_HEADER_BYTES = 63

/** What of a process's words and blocks a crash cannot take back. */
interface Memory {
  header: Uint8Array
  readonly words: Set<string>
  readonly bodies: Set<string>
}

const wordOf = (message: ConsensusMessage): string => {
  const place = `${message.height}/${roundOf(message)}/${message.type}`
  if (message.type === 'proposal') return `${place}/${hexFromBytes(blockHash(message.outline.header))}`
  if (message.type === 'round-change') return `${place}/${message.claim.preparedRound ?? '-'}`
  return `${place}/${hexFromBytes(message.blockHash)}`
}

const note = (memory: Memory, record: ConsensusRecord): void => {
  if (record.type === 'block') memory.bodies.add(hexFromBytes(blockHash(record.block.header)))
  if (record.type === 'sent') memory.words.add(wordOf(record.message))
}

const isStored = ({ disk }: Host, height: number, name: string): boolean => {
  const bytes = disk.blocks[height - 1]
  return bytes !== undefined && hexFromBytes(blockHash(committedFrom(bytes).block.header)) === name
}

/** S7 nothing is sent before it is durable, bodies included; S15 a decided block lies with all honest signers. */
export const createDurable = (world: World): Check => {
  const memories = new Map<number, Memory>()

  const read = (host: Host, wal: Uint8Array, header: Uint8Array): Memory => {
    const memory: Memory = { header, words: new Set(), bodies: new Set() }
    const content = decodeWal(wal, world.networkId)
    if (content.ok) for (const record of content.value?.records ?? []) note(memory, record)
    memories.set(host.id, memory)
    return memory
  }

  const onWal = (host: Host, bytes: Uint8Array, reset: boolean): void => {
    const known = memories.get(host.id)
    if (reset || known === undefined) {
      read(host, host.disk.wal ?? bytes, (host.disk.wal ?? bytes).subarray(0, WAL_HEADER_BYTES))
      return
    }
    const content = unwrap(decodeWal(concatBytes(known.header, bytes), world.networkId))
    for (const record of content?.records ?? []) note(known, record)
  }

  const onBlock = (bytes: Uint8Array): void => {
    const { block, certificate } = committedFrom(bytes)
    const name = hexFromBytes(blockHash(block.header))
    for (const index of membersOf(certificate.bitmap)) {
      const member = world.membership.memberAt(block.header.height, index)
      const signer = world.hosts.find((other) => other.member === member)
      if (signer === undefined || signer.isExempt || signer.liar || signer.conduct !== 'honest') continue
      if (memories.get(signer.id)?.bodies.has(name) || isStored(signer, block.header.height, name)) continue
      throw new Violation(
        'S15',
        `${signer.peer} signed for block ${block.header.height} and does not hold it`,
      )
    }
  }

  return {
    starting: (host) => {
      const wal = host.disk.wal ?? new Uint8Array(0)
      read(host, wal, wal.subarray(0, WAL_HEADER_BYTES))
    },
    started: (host) => {
      const reason = host.replica?.status().abstaining
      if (reason !== undefined && host.conduct === 'honest' && host.disk.lastSigned !== undefined)
        throw new Violation(
          'S7',
          `${host.peer} lost what it signed, though nothing befell its disk: ${reason}`,
        )
    },
    effect: (host, effect) => {
      if (effect.type === 'persist-wal') onWal(host, effect.bytes, effect.reset)
      else if (effect.type === 'append-blocks') for (const { bytes } of effect.blocks) onBlock(bytes)
    },
    sending: (host, frame) => {
      if (!isConsensusMessage(frame) || !isOwn(world, host, frame)) return
      const memory = memories.get(host.id)
      if (!memory?.words.has(wordOf(frame)))
        throw new Violation('S7', `${host.peer} sends ${wordOf(frame).slice(0, 20)} before it is durable`)
      if (frame.type !== 'prepare' && frame.type !== 'commit') return
      if (!memory.bodies.has(hexFromBytes(frame.blockHash)))
        throw new Violation('S7', `${host.peer} votes at ${frame.height} for a block that a crash would lose`)
    },
  }
}
