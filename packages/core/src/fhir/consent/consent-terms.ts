import type { Compartment } from '../../access/compartments.ts'
import type { GrantMode } from '../../access/grant.ts'
import type { Purpose } from '../../access/purposes.ts'

/** Which records of its compartments a consent speaks of. */
export type ConsentScope =
  | { readonly type: 'whole' }
  /** Texts of record ids. */
  | { readonly type: 'records'; readonly ids: readonly string[] }
  /** Clinically dated in it, Unix time in ms; absent ends are open. */
  | { readonly type: 'dates'; readonly fromMs: number | undefined; readonly untilMs: number | undefined }

/** What a consent says to one grantee, as grants can say it: across several of them deny beats permit. */
export interface ConsentTerms {
  /** DID. */
  readonly grantee: string
  readonly compartments: readonly Compartment[]
  readonly mode: GrantMode
  readonly purposes: readonly Purpose[]
  readonly fromMs: number
  /** Exclusive. */
  readonly untilMs: number
  readonly scope: ConsentScope
  /** DID of the institution that de-identifies; for HRESCH alone. */
  readonly broker: string | undefined
  readonly isDeny: boolean
}

/** A patient's grants that belong together, as one FHIR Consent. */
export interface ConsentSet {
  /** Name of the set. */
  readonly id: string
  /** DID. */
  readonly patient: string
  /** Revoked, ended or begun to an end for good: `inactive`, which is terminal. */
  readonly status: 'active' | 'inactive'
  /** When it was given, Unix time in ms. */
  readonly givenMs: number
  readonly terms: readonly ConsentTerms[]
}
