import { ok, refuse, struct } from '../../encoding/index.ts'
import type { TransactionKind } from '../contract.ts'
import { activeInstitution } from '../identity/enrol.ts'
import { part2Programs } from './tables.ts'

/** An institution declares itself a programme under 42 CFR Part 2, for good. */
export const declareProgram: TransactionKind<Record<string, never>> = {
  kind: 'part2.declare',
  payload: struct<Record<string, never>>({}),
  apply: (view, _payload, context) => {
    if (!activeInstitution(view, context.sender))
      return refuse('identity.not-institution', 'Only an institution declares itself a programme.')
    if (view.get(part2Programs, context.sender))
      return refuse('part2.declared', 'The institution has declared itself a programme already.')
    view.put(part2Programs, { sinceHeight: context.height }, context.sender)
    return ok([{ kind: 'part2.declared', subjects: [context.sender] }])
  },
}
