import { base32FromBytes, type Supersession, supersessions, supersessionsIn } from '@medchain/core'
import { type ProvingMany, readProven } from './proven-view.ts'

// As the chain proves it: that a record is not the present one is its author's word, not a node's.

/** What became of a record that is not the present one. */
export interface Superseded {
  /** The chain does not say why a record was withdrawn: that it moved to another chart is nobody's business there. */
  readonly state: 'replaced' | 'withdrawn'
  /** Id of the record that took its place; null for a withdrawn one. */
  readonly supersededBy: string | null
  readonly timeMs: number
}

const supersededOf = ({ successor, timeMs }: Supersession): Superseded =>
  successor === undefined
    ? { state: 'withdrawn', supersededBy: null, timeMs }
    : { state: 'replaced', supersededBy: base32FromBytes(successor), timeMs }

/** Superseded records of a chart, by their ids. */
export const supersededOfChart = (
  client: ProvingMany,
  chart: Uint8Array,
): Promise<ReadonlyMap<string, Superseded>> =>
  readProven(
    client,
    (view) =>
      new Map(
        supersessionsIn(view, chart).map((each) => [base32FromBytes(each.recordId), supersededOf(each)]),
      ),
  )

/** What became of one record; undefined for a present one. */
export const supersededOfRecord = (
  client: ProvingMany,
  recordId: Uint8Array,
): Promise<Superseded | undefined> =>
  readProven(client, (view) => {
    const supersession = view.get(supersessions, recordId)
    return supersession && supersededOf(supersession)
  })
