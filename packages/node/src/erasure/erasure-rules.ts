import { bytesFromText } from '@medchain/core'
import type { VaultName } from '../requests/ports.ts'

/** What an erasure does with values of a kind. */
export interface ErasureRule {
  /** What a value is, in one sentence. */
  readonly what: string
  /** `record`: destroyed with its record. `grant`: destroyed unless sealed anew without it. `none`: holds nothing of a record. */
  readonly by: 'record' | 'grant' | 'none'
}

/** Every kind of deletable value, and how it goes with an erased record. A kind without a rule does not compile. */
export const ERASURE_RULES: Readonly<Record<Exclude<VaultName['kind'], 'index'>, ErasureRule>> = {
  envelope: { what: 'wrapped k1 and the sealed header with the salt of one record', by: 'record' },
  ciphertext: { what: 'ciphertext of one record, or a piece of a large one', by: 'record' },
  release: { what: 'k2 of one record', by: 'record' },
  grant: { what: 'an epoch’s secret, or k1 of listed records, sealed to a grantee', by: 'grant' },
  keyring: { what: 'a person’s secrets, sealed; no keys of single records', by: 'none' },
  share: { what: 'a custodian’s share of an epoch’s secret; no keys of single records', by: 'none' },
}

/** The same for values of the kind `index`, by the beginning of their keys. */
export const INDEX_RULES: readonly (ErasureRule & { readonly prefix: string })[] = [
  { prefix: 'batch/', what: 'sides and sizes of a batch; an erased record’s size goes', by: 'record' },
  { prefix: 'pieces/', what: 'mark of pieces without a batch', by: 'record' },
  { prefix: 'acknowledged/', what: 'notices that a person has seen', by: 'none' },
  { prefix: 'emergency/', what: 'text and site of an emergency, of no record', by: 'none' },
  {
    prefix: 'halted/',
    what: 'an emergency declared in a halt, until it is anchored; of no record',
    by: 'none',
  },
  { prefix: 'person/', what: 'which charts a person has', by: 'none' },
  { prefix: 'rotated/', what: 'a person’s newer keys', by: 'none' },
  { prefix: 'mrn/', what: 'the institution’s own number of a patient', by: 'none' },
  { prefix: 'staff/', what: 'a name of the directory of staff', by: 'none' },
  { prefix: 'part2/', what: 'a sealed copy of the written consent behind a grant', by: 'none' },
  { prefix: 'asks/', what: 'a sealed request for access that waits for a patient', by: 'none' },
  { prefix: 'asks-blocked/', what: 'whose requests for access a patient drops', by: 'none' },
  { prefix: 'asked/', what: 'a sealed copy of a request for access, and its answer', by: 'none' },
  {
    prefix: 'recovery/',
    what: 'shares and sealed secrets of recoveries; no keys of single records',
    by: 'none',
  },
  { prefix: 'research/own/', what: 'a record in the institution’s index', by: 'record' },
  { prefix: 'research/row/', what: 'a de-identified row of one record', by: 'record' },
  { prefix: 'research/received/', what: 'how far a delivery has come', by: 'none' },
  { prefix: 'research/handed-over/', what: 'how far a delivery has come', by: 'none' },
  { prefix: 'research/grant/', what: 'a grant for research that rows are expected under', by: 'none' },
]

/** The rule of a value; undefined for a value that nobody wrote a rule for. */
export const erasureRuleOf = ({ kind, key }: VaultName): ErasureRule | undefined =>
  kind === 'index'
    ? INDEX_RULES.find(({ prefix }) =>
        Buffer.from(key)
          .subarray(0, prefix.length)
          .equals(Buffer.from(bytesFromText(prefix))),
      )
    : ERASURE_RULES[kind]
