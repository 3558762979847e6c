import { type GrantTerms, grantTermsSchema } from '../../access/grant.ts'
import { ZERO_HASH } from '../../crypto/hash.ts'
import { bytes, ok, optional, refuse, struct } from '../../encoding/index.ts'
import { accountIdFromInception } from '../../identity/account-id.ts'
import type { TransactionKind } from '../contract.ts'
import { activeInstitution, isSignedBy } from './enrol.ts'
import { accounts, chartEpochs, charts, positionKey } from './tables.ts'

export interface ChartRegistration {
  /** Ed25519 key that will sign for the chart. */
  readonly controllerKey: Uint8Array
  /** X25519 key of epoch 0. */
  readonly epochKey: Uint8Array
  readonly salt: Uint8Array
  /** A first grant that the chart gives by its signature here, usually writing to the sponsor. */
  readonly firstGrant: GrantTerms | undefined
}

export const chartIdOf = ({
  controllerKey,
  epochKey,
  salt,
}: Omit<ChartRegistration, 'firstGrant'>): Uint8Array =>
  accountIdFromInception({ signingKey: controllerKey, sealingKey: epochKey, salt })

export const chartRegistrationSchema = struct<ChartRegistration>({
  controllerKey: bytes(32),
  epochKey: bytes(32),
  salt: bytes(32),
  firstGrant: optional(grantTermsSchema),
})

/** A sponsor puts one chart on the chain; sponsor and chart sign. Two charts never share a transaction. */
export const registerChartWith = (
  giveGrant: TransactionKind<GrantTerms>['apply'],
): TransactionKind<ChartRegistration> => ({
  kind: 'identity.register-chart',
  payload: chartRegistrationSchema,
  newSigners: (payload) => [{ accountId: chartIdOf(payload), signingKey: payload.controllerKey }],
  apply: (view, payload, context) => {
    const id = chartIdOf(payload)
    if (!activeInstitution(view, context.sender)) {
      return refuse('identity.not-institution', 'Only an active institution registers charts.')
    }
    if (!isSignedBy(context, id)) return refuse('identity.unproven-key', 'The chart did not sign.')
    if (view.get(charts, id) || view.get(accounts, id))
      return refuse('identity.exists', 'The chart is on the chain already.')
    const { controllerKey, epochKey, firstGrant } = payload
    const { height, timeMs } = context
    const chart = {
      sponsor: context.sender,
      controllerKey,
      epoch: 0,
      epochKey,
      registeredHeight: height,
      batchCount: 0,
      recordCount: 0,
      recordChain: ZERO_HASH,
      grantCount: 0,
    }
    view.put(charts, chart, id)
    view.put(chartEpochs, { epochKey, height, timeMs }, id, positionKey(0))
    const registered = { kind: 'identity.chart-registered', subjects: [id] }
    if (!firstGrant) return ok([registered])
    const granted = giveGrant(view, firstGrant, { ...context, sender: id })
    return granted.ok ? ok([registered, ...granted.value]) : granted
  },
})
