import { bool, bytes, equalBytes, ok, refuse, struct } from '../../encoding/index.ts'
import type { TransactionKind } from '../contract.ts'
import { clinicianInstitution } from '../emergency/declare.ts'
import { CLINICIANS_MAX, guardianships, incapacityStatements } from './tables.ts'

export interface IncapacityStatement {
  readonly guardianshipId: Uint8Array
  /** False takes the clinician's own statement back. */
  readonly isIncapable: boolean
}

/** A clinician states, without content, that the patient cannot act, or takes the own statement back (G7). */
export const stateIncapacity: TransactionKind<IncapacityStatement> = {
  kind: 'guardianship.state-incapacity',
  payload: struct<IncapacityStatement>({ guardianshipId: bytes(32), isIncapable: bool }),
  apply: (view, { guardianshipId, isIncapable }, { sender, timeMs }) => {
    if (!clinicianInstitution(view, sender)) {
      return refuse('guardian.not-clinician', 'Only a practitioner of a care institution states incapacity.')
    }
    const guardianship = view.get(guardianships, guardianshipId)
    if (guardianship?.kind !== 'proxy') {
      return refuse('guardian.none', 'There is no proxy of that id.')
    }
    if (guardianship.endedHeight !== undefined || timeMs >= guardianship.untilMs) {
      return refuse('guardian.ended', 'The guardianship has ended.')
    }
    const standing = view.get(incapacityStatements, guardianshipId) ?? []
    const others = standing.filter((id) => !equalBytes(id, sender))
    if (isIncapable === others.length < standing.length) {
      return refuse('guardian.unchanged', 'The clinician’s statement says so already.')
    }
    if (isIncapable && standing.length >= CLINICIANS_MAX) {
      return refuse('guardian.too-many', 'Enough clinicians have stated it.')
    }
    view.put(incapacityStatements, isIncapable ? [...others, sender] : others, guardianshipId)
    return ok([{ kind: 'guardianship.incapacity', subjects: [guardianship.chart, guardianshipId, sender] }])
  },
}
