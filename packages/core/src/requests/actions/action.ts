import { bytes, list, type Schema, struct, uint } from '../../encoding/index.ts'

/** Name, payload and answer of one private request. */
export interface Action<P, A> {
  readonly action: string
  readonly payload: Schema<P>
  readonly answer: Schema<A>
}

export const action = <P, A>(name: string, payload: Schema<P>, answer: Schema<A>): Action<P, A> => ({
  action: name,
  payload,
  answer,
})

export interface Committed {
  readonly txId: Uint8Array
  readonly height: number
}

export const committedSchema = struct<Committed>({ txId: bytes(32), height: uint() })
export const idSchema = bytes(32)
export const RECORDS_MAX = 1000
/** Of requests and answers that carry nothing. */
export const EMPTY_SCHEMA = list(uint(), 0) as unknown as Schema<readonly []>
