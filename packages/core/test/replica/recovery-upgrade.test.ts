import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { outlineOf } from '../../src/consensus/index.ts'
import {
  blob,
  bytes,
  bytesFromText,
  bytesFromUint,
  concatBytes,
  encode,
  list,
  optional,
  struct,
  uint,
  unwrap,
  variant,
} from '../../src/encoding/index.ts'
import { type Block, blockSchema } from '../../src/ledger/block.ts'
import { crc32 } from '../../src/replica/crc32.ts'
import { upgradeWal } from '../../src/replica/recovery-upgrade.ts'
import { decodeWal } from '../../src/replica/wal.ts'
import { certificateSchema } from '../../src/votes/certificate.ts'
import { makeBlock } from '../consensus/engine-bench.ts'

const networkId = new Uint8Array(32).fill(7)
const signature = new Uint8Array(64).fill(3)
const block = makeBlock(0)
const { height } = block.header
const claim = { sender: 1, newRound: 2, preparedRound: undefined, preparedHash: undefined, signature }

const claimSchema = struct<typeof claim>({
  sender: uint(),
  newRound: uint(),
  preparedRound: optional(uint()) as never,
  preparedHash: optional(bytes(32)) as never,
  signature: bytes(64) as never,
})

/** Records as version 1 of the log had them. */
const recordSchema = variant<{ readonly type: 'sent' | 'block' } & Record<string, unknown>>({
  block: struct<{ round: number; block: Block }>({ round: uint(), block: blockSchema }),
  sent: struct<{ message: unknown }>({
    message: variant<{ readonly type: 'proposal' | 'round-change' } & Record<string, unknown>>({
      proposal: struct<Record<string, unknown>>({
        height: uint() as never,
        round: uint() as never,
        sender: uint() as never,
        signature: bytes(64) as never,
        block: blockSchema as never,
        roundChanges: list(claimSchema, 256) as never,
        prepared: optional(certificateSchema) as never,
      }) as never,
      'round-change': struct<Record<string, unknown>>({
        height: uint() as never,
        claim: claimSchema as never,
        prepared: optional(certificateSchema) as never,
        block: optional(blockSchema) as never,
      }) as never,
    }) as never,
  }),
} as never)

const header = (): Uint8Array => {
  const head = concatBytes(bytesFromText('MCWL'), Uint8Array.of(1), networkId, bytesFromUint(height, 6))
  return concatBytes(head, bytesFromUint(crc32(head), 4))
}

const frame = (records: readonly unknown[]): Uint8Array => {
  const payload = encode(
    list(blob(8 * 1024 * 1024), 64),
    records.map((record) => encode(recordSchema, record as never)),
  )
  const seed = new DataView(header().buffer).getUint32(43)
  return concatBytes(
    bytesFromText('MCfr'),
    bytesFromUint(payload.length, 4),
    bytesFromUint(crc32(payload, seed), 4),
    payload,
  )
}

const proposal = {
  type: 'proposal',
  height,
  round: 0,
  sender: 0,
  signature,
  roundChanges: [],
  prepared: undefined,
}
const roundChange = { type: 'round-change', height, claim, prepared: undefined }

test('a log of version 1 keeps its votes: bodies apart and once, proposals by their hashes', () => {
  const old = concatBytes(
    header(),
    frame([{ type: 'sent', message: { ...proposal, block } }]),
    frame([{ type: 'block', round: 0, block }]),
    frame([{ type: 'sent', message: { ...roundChange, block: undefined } }]),
  )
  const content = unwrap(decodeWal(unwrap(upgradeWal(old, networkId)) as Uint8Array, networkId))
  equal(content?.height, height)
  equal(content?.records, [
    { type: 'block', round: 0, block },
    { type: 'sent', message: { ...proposal, outline: outlineOf(block) } },
    { type: 'sent', message: roundChange },
  ])
  const torn = unwrap(upgradeWal(old.subarray(0, old.length - 3), networkId))
  equal(unwrap(decodeWal(torn as Uint8Array, networkId))?.records.length, 2)
})

test('what is no log of version 1 is left alone', () => {
  equal(unwrap(upgradeWal(new Uint8Array(0), networkId)), undefined)
  const present = unwrap(upgradeWal(concatBytes(header(), frame([])), networkId)) as Uint8Array
  const again = upgradeWal(present, networkId)
  equal(again.ok || again.code, 'wal.unknown-format')
})

test.run()
