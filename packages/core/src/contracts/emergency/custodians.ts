import { concatBytes } from '../../encoding/index.ts'
import type { ReadView } from '../../state/view.ts'
import { institutionsByWeight } from '../governance/custodians.ts'
import { institutionsIn } from '../governance/genesis.ts'
import { accounts, positionKey } from '../identity/tables.ts'

/** More would anchor more and open no more. */
export const EMERGENCY_CUSTODIANS_MAX = 7

/**
 * Institutions that keep one share each of a chart's epoch secret, best placed first (BG2). Nobody is left out: a share
 * by itself tells nothing, and every one more raises how many must collude.
 */
export const emergencyCustodiansOf = (
  chart: Uint8Array,
  epoch: number,
  institutions: readonly Uint8Array[],
): readonly Uint8Array[] =>
  institutionsByWeight(
    'medchain/emergency-custodian/1',
    concatBytes(chart, positionKey(epoch)),
    institutions,
  ).slice(0, EMERGENCY_CUSTODIANS_MAX)

/**
 * How many shares of `count` open the secret: all but a third, rounded down. Of 4 it is 3, of 7 it is 5: as many as can
 * be missing cannot open it together, and never one alone.
 */
export const emergencyThreshold = (count: number): number => count - Math.floor((count - 1) / 3)

/** Institutions that may be custodians now: present, and with an account in force. */
export const possibleCustodians = (view: ReadView): readonly Uint8Array[] =>
  institutionsIn(view).filter((id) => view.get(accounts, id)?.status === 'active')
