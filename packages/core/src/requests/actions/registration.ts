import { COMPARTMENTS, type Compartment } from '../../access/compartments.ts'
import { bytes, list, optional, struct, text, word } from '../../encoding/index.ts'
import { type TransactionBody, transactionBodySchema } from '../../ledger/transaction.ts'
import { action, committedSchema, idSchema as id } from './action.ts'

/** A transaction body that the sponsor is to co-sign, signed by the account or chart that it brings in. */
export interface CoSigned {
  readonly body: TransactionBody
  readonly signer: Uint8Array
  readonly signature: Uint8Array
}

export const coSignedSchema = struct<CoSigned>({
  body: transactionBodySchema,
  signer: id,
  signature: bytes(64),
})

export interface ChartEntry {
  readonly compartment: Compartment
  readonly chart: Uint8Array
}

const chartEntry = struct<ChartEntry>({ compartment: word(COMPARTMENTS), chart: id })

/** The sponsor enrols a staff member's or researcher's account. Actor: that person, by inception. */
export const registerAccount = action(
  'register.account',
  struct<{ readonly enrolment: CoSigned; readonly token: string | undefined }>({
    enrolment: coSignedSchema,
    token: optional(text(256)),
  }),
  committedSchema,
)

/** The sponsor registers a patient's charts and keeps them in its directory. Actor: the patient, by inception. */
export const registerCharts = action(
  'register.charts',
  struct<{
    readonly charts: readonly { readonly compartment: Compartment; readonly registration: CoSigned }[]
    readonly token: string | undefined
  }>({
    charts: list(
      struct({ compartment: word(COMPARTMENTS), registration: coSignedSchema }),
      COMPARTMENTS.length,
    ),
    token: optional(text(256)),
  }),
  list(committedSchema, COMPARTMENTS.length),
)

/** A patient's charts from the institution's directory. Actor: its staff, or the patient. */
export const directoryCharts = action(
  'directory.charts',
  struct<{ readonly person: Uint8Array }>({ person: id }),
  list(chartEntry, COMPARTMENTS.length),
)
