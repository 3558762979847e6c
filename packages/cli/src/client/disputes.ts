import {
  accounts,
  base32FromBytes,
  type Dispute,
  didFromAccountId,
  disputes,
  disputesIn,
  disputesOfRecord,
  equalBytes,
  isErased,
  type ReadView,
} from '@medchain/core'
import { type ProvenHead, type ProvingMany, readProven } from './proven-view.ts'

// As the chain proves it: whoever disputes a record is heard, whatever the node would rather tell.

/** That a record is disputed, and by whom; the text is a record of its own. */
export interface DisputeInfo {
  /** Id of the record that disputes. */
  readonly id: string
  /** DID of the chart for a patient, else of the account. */
  readonly by: string
  /** `patient`, or the role of the account. */
  readonly role: string
  readonly height: number
  readonly timeMs: number
}

const infoOf = (
  view: ReadView,
  chart: Uint8Array,
  recordId: Uint8Array,
  { author, height, timeMs }: Dispute,
): DisputeInfo => ({
  id: base32FromBytes(recordId),
  by: didFromAccountId(author),
  role: equalBytes(author, chart) ? 'patient' : (view.get(accounts, author)?.role ?? 'unknown'),
  height,
  timeMs,
})

/** Disputes of a chart that are not erased, by the id of the record in dispute, oldest first. */
export const disputesOfChart = (
  client: ProvingMany,
  chart: Uint8Array,
): Promise<ReadonlyMap<string, readonly DisputeInfo[]>> =>
  readProven(client, (view, { timeMs }: ProvenHead) => {
    const found = new Map<string, DisputeInfo[]>()
    for (const { recordId, ...dispute } of disputesIn(view, chart)) {
      if (isErased(view, recordId, timeMs)) continue
      const disputed = base32FromBytes(dispute.disputed)
      found.set(disputed, [...(found.get(disputed) ?? []), infoOf(view, chart, recordId, dispute)])
    }
    return found
  })

/** The same for one record. */
export const disputesAbout = (
  client: ProvingMany,
  chart: Uint8Array,
  disputed: Uint8Array,
): Promise<readonly DisputeInfo[]> =>
  readProven(client, (view, { timeMs }) =>
    (view.get(disputesOfRecord, disputed) ?? []).flatMap((recordId) => {
      const dispute = view.get(disputes, recordId)
      return dispute && !isErased(view, recordId, timeMs) ? [infoOf(view, chart, recordId, dispute)] : []
    }),
  )
