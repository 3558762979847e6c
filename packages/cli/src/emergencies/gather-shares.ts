import {
  type CustodianShares,
  chartEpochs,
  combineShares,
  custodianShares,
  decode,
  disclosureHash,
  disclosureMessage,
  emergencyChoices,
  emergencyShare,
  encodeDisclosureStatement,
  equalBytes,
  type FiledNote,
  hexFromBytes,
  openLeg,
  positionKey,
  type ReleasedShare,
  type Result,
  releasedSharesSchema,
  type ShareSet,
  verifyShare,
} from '@medchain/core'
import { askNode, nodeCiphers } from '@medchain/node'
import { readProven } from '../client/proven-view.ts'
import type { Acting } from '../reading/acting.ts'
import { requestClientOf } from '../reading/read-transport.ts'

/** A custodian that gave no share, or a false one. */
export interface CustodianFault {
  readonly custodian: Uint8Array
  readonly code: string
}

export interface GatheredKeys {
  /** Secrets that came together, by epoch. */
  readonly secrets: ReadonlyMap<number, Uint8Array>
  /** Why an epoch stayed shut, with the code of its first reason. */
  readonly missing: readonly { readonly epoch: number; readonly code: string }[]
  readonly faults: readonly CustodianFault[]
}

/** The digests of one epoch's shares and the key that they must come to. */
export interface EpochShares extends CustodianShares {
  readonly epoch: number
  readonly set: ShareSet
  readonly epochKey: Uint8Array | undefined
}

/** The digests that a chart's shares must fit and the key that they must come to, as the chain proves them. */
const provenShares = ({ client }: Acting, chart: Uint8Array): Promise<readonly EpochShares[]> =>
  readProven(client, (view) =>
    (view.get(emergencyChoices, chart)?.epochs ?? []).flatMap((epoch) => {
      const shares = view.get(custodianShares, chart, positionKey(epoch))
      if (shares === undefined) return []
      const epochKey = view.get(chartEpochs, chart, positionKey(epoch))?.epochKey
      const { setId, threshold } = shares
      const digests = shares.shares.map(({ digest }) => digest)
      return [{ ...shares, epoch, epochKey, set: { setId, threshold, digests } }]
    }),
  )

/** One custodian's shares of a chart, on a statement signed for it. */
const askCustodian = async (
  acting: Acting,
  chart: Uint8Array,
  custodian: Uint8Array,
  minHeight: number,
  filed: FiledNote | undefined,
): Promise<Result<readonly ReleasedShare[]>> => {
  const { networkId, identity, client, now } = acting
  const responseSecret = nodeCiphers.randomBytes(32)
  const statement = encodeDisclosureStatement({
    version: 1,
    networkId,
    actor: identity.id,
    chart,
    kind: 'share',
    recordIds: [],
    purpose: 'BTG',
    grantId: undefined,
    scopeProofs: [],
    servingNode: await client.institution(),
    ciphertextHolder: custodian,
    releaseHolder: custodian,
    minHeight,
    nonce: nodeCiphers.randomBytes(16),
    timeMs: now(),
    responseKey: nodeCiphers.x25519Public(responseSecret),
  })
  const signed = { statement, signature: identity.actor.sign(disclosureMessage(statement)) }
  const answer = await askNode(requestClientOf(acting, identity.actor), custodian, emergencyShare, {
    signed,
    filed,
  })
  if (!answer.ok) return answer
  const place = { networkId, statementHash: disclosureHash(statement) }
  const content = await openLeg(responseSecret, place, answer.value)
  return content.ok ? decode(releasedSharesSchema, content.value) : content
}

/** What a custodian gave that fits the chain, by epoch, and what it did wrong: `share.false`, `share.missing`. */
export const checkShares = (
  epochs: readonly EpochShares[],
  custodian: Uint8Array,
  answered: readonly ReleasedShare[],
): { readonly good: readonly ReleasedShare[]; readonly faults: readonly CustodianFault[] } => {
  const good: ReleasedShare[] = []
  const codes = new Set<string>()
  for (const { epoch, shares, set } of epochs) {
    const position = shares.findIndex(({ institution }) => equalBytes(institution, custodian))
    if (position < 0) continue
    const share = answered.find((each) => each.epoch === epoch)
    if (share && verifyShare(set, { position, share: share.share })) good.push({ ...share, position })
    else codes.add(share ? 'share.false' : 'share.missing')
  }
  return { good, faults: [...codes].map((code) => ({ custodian, code })) }
}

/** The secret of an epoch from shares that fit its digests, if it is that of the epoch's key. */
export const combineEpoch = ({ set, epochKey }: EpochShares, given: readonly ReleasedShare[]) =>
  combineShares(
    set,
    given,
    (secret) =>
      secret.length === 32 &&
      epochKey !== undefined &&
      equalBytes(nodeCiphers.x25519Public(secret), epochKey),
  )

/**
 * Asks custodians of a chart for their shares, best placed first and no more of them than are needed, and combines what
 * fits the digests on the chain; whoever gives nothing or something false is named and another one asked (BG7).
 */
export const gatherKeys = async (
  acting: Acting,
  chart: Uint8Array,
  minHeight: number,
  filed: FiledNote | undefined,
): Promise<GatheredKeys> => {
  const epochs = await provenShares(acting, chart)
  const order = new Map(
    epochs.flatMap(({ shares }) => shares.map(({ institution }) => [hexFromBytes(institution), institution])),
  )
  const waiting = [...order.values()]
  const given = new Map<number, ReleasedShare[]>(epochs.map(({ epoch }) => [epoch, []]))
  const faults: CustodianFault[] = []

  const ask = async (custodian: Uint8Array): Promise<void> => {
    const answer = await askCustodian(acting, chart, custodian, minHeight, filed)
    if (!answer.ok) return void faults.push({ custodian, code: answer.code })
    const checked = checkShares(epochs, custodian, answer.value)
    for (const share of checked.good) given.get(share.epoch)?.push(share)
    faults.push(...checked.faults)
  }

  for (;;) {
    const lacking = epochs.map(({ epoch, threshold }) => threshold - (given.get(epoch)?.length ?? 0))
    const next = waiting.splice(0, Math.max(0, ...lacking))
    if (next.length === 0) break
    await Promise.all(next.map(ask))
  }

  const secrets = new Map<number, Uint8Array>()
  const missing: { epoch: number; code: string }[] = []
  for (const each of epochs) {
    const { epoch } = each
    const combined = await combineEpoch(each, given.get(epoch) ?? [])
    if (combined.ok) secrets.set(epoch, combined.value)
    else missing.push({ epoch, code: combined.code })
  }
  return { secrets, missing, faults }
}
