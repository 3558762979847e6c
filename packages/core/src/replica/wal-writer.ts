import { roundOf } from '../consensus/messages.ts'
import type { ConsensusRecord } from '../consensus/records.ts'
import { hashTagged, taggedMessage } from '../crypto/hash.ts'
import { bytesFromUint } from '../encoding/index.ts'
import { encodeLastSigned, type LastSigned } from './last-signed.ts'
import type { ReplicaScope } from './scope.ts'
import { encodeWal, encodeWalFrame, encodeWalHeader, WAL_SALT_LENGTH } from './wal.ts'

export const persistLastSigned = ({ memory, chain, out }: ReplicaScope, last: LastSigned): void => {
  memory.lastSigned = last
  out.push({ type: 'persist-last-signed', bytes: encodeLastSigned(chain.networkId, last) })
}

/** Nobody else can tell it: a signature that never leaves this process, over words that no vote consists of. */
const saltFor = ({ self, chain }: ReplicaScope, height: number): Uint8Array => {
  const message = taggedMessage('medchain/wal-salt/1', chain.networkId, bytesFromUint(height, 6))
  const secret = self === undefined ? message : self.signer.sign(message)
  return hashTagged('medchain/wal-salt/1', secret).slice(0, WAL_SALT_LENGTH)
}

/**
 * Makes the records of the height in progress durable: WAL first, then the last-signed record when this is the
 * first signature of a round, so that a WAL behind that record is known to be an old copy.
 */
export const persistRecords = (scope: ReplicaScope, records: readonly ConsensusRecord[]): void => {
  const { memory, chain, out } = scope
  const height = chain.head().height + 1
  const reset = memory.walHeight !== height
  if (reset) {
    memory.walHeight = height
    memory.walHeader = encodeWalHeader(chain.networkId, height, saltFor(scope, height))
    memory.walRecords = []
  }
  memory.walRecords = [...memory.walRecords, ...records]
  const bytes = (reset ? encodeWal : encodeWalFrame)(memory.walHeader, records)
  out.push({ type: 'persist-wal', reset, bytes })
  const rounds = records.flatMap((record) => (record.type === 'sent' ? [roundOf(record.message)] : []))
  if (rounds.length === 0) return
  const round = Math.max(...rounds)
  const last = memory.lastSigned
  if (last !== undefined && (last.height > height || (last.height === height && last.round >= round))) return
  persistLastSigned(scope, { height, round })
}
