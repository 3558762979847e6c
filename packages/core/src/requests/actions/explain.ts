import { PURPOSES, type Purpose } from '../../access/purposes.ts'
import { type ScopeProof, scopeProofSchema } from '../../access/scope.ts'
import { bytes, optional, struct, text, uint, word } from '../../encoding/index.ts'
import { action, idSchema as id } from './action.ts'

/** Why an access would be permitted or refused now. Actor: the chart, the one asked about, or its institution's staff. */
export const explainAccess = action(
  'access.explain',
  struct<{
    readonly actor: Uint8Array
    readonly recordId: Uint8Array
    readonly purpose: Purpose
    readonly scopeProof: ScopeProof | undefined
  }>({ actor: id, recordId: bytes(18), purpose: word(PURPOSES), scopeProof: optional(scopeProofSchema) }),
  struct<{
    readonly outcome: string
    readonly code: string
    readonly rule: string
    readonly basis: string
    readonly grantId: Uint8Array | undefined
    readonly height: number
  }>({
    outcome: text(16),
    code: text(64),
    rule: text(512),
    basis: text(16),
    grantId: optional(id),
    height: uint(),
  }),
)
