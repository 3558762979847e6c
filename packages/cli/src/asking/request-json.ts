import { base32FromBytes, didFromAccountId, type RequestForAccess } from '@medchain/core'
import { licenceJson } from '../format/licence.ts'
import { printable } from '../format/printable.ts'
import { rfc3339 } from '../format/time.ts'
import type { ReceivedRequest } from './open-request.ts'
import type { SentRequest } from './read-sent.ts'

const wishJson = (request: RequestForAccess) => ({
  id: base32FromBytes(request.requestId),
  compartments: [...request.compartments],
  records: request.recordIds.map(base32FromBytes),
  mode: request.mode,
  purposes: [...request.purposes],
  until: rfc3339(request.untilMs),
  reason: request.reason,
  at: rfc3339(request.createdMs),
  expires: rfc3339(request.expiresMs),
})

/** Name of whoever asks as the institution signed it, or the institution's own; null where none is attested. */
export const requesterName = ({ requester, attestation }: ReceivedRequest): string | null =>
  requester.account.institutionName ?? attestation?.name ?? null

export const sponsorName = ({ requester }: ReceivedRequest): string | null =>
  requester.sponsor?.account.institutionName ?? requester.account.institutionName ?? null

export const receivedJson = (received: ReceivedRequest) => ({
  ...wishJson(received.request),
  state: 'pending',
  from: {
    did: didFromAccountId(received.requester.id),
    name: requesterName(received),
    attested: received.attestation !== undefined || received.requester.sponsor === undefined,
    role: received.requester.account.role,
    institution: didFromAccountId(received.requester.sponsor?.id ?? received.requester.id),
    institutionName: sponsorName(received),
    licence: licenceJson(received.attestation?.licence),
  },
})

export const sentJson = ({ request, state, answer }: SentRequest, names: ReadonlyMap<string, string>) => {
  const subject = didFromAccountId(request.subject)
  return {
    ...wishJson(request),
    state,
    subject,
    subjectName: names.get(subject) ?? null,
    answer:
      answer === undefined
        ? null
        : {
            reason: answer.reason === '' ? null : answer.reason,
            grantId: answer.grantId ? base32FromBytes(answer.grantId) : null,
            compartments: [...answer.compartments],
            purposes: [...answer.purposes],
            until: answer.untilMs === undefined ? null : rfc3339(answer.untilMs),
            at: rfc3339(answer.timeMs),
          },
  }
}

/** In one line what is asked for. */
export const wishText = ({ compartments, recordIds, mode }: RequestForAccess): string =>
  recordIds.length > 0
    ? `${mode} ${recordIds.length} record${recordIds.length === 1 ? '' : 's'}`
    : `${mode} ${compartments.join(', ')}`

/** Who asks: as the institution signed it, after what the person calls them. */
export const requesterText = (received: ReceivedRequest, names?: ReadonlyMap<string, string>): string => {
  const { role } = received.requester.account
  const attested = requesterName(received)
  const called = names?.get(didFromAccountId(received.requester.id))
  const name =
    called === undefined || called === attested
      ? printable(attested ?? 'somebody of unknown name')
      : `${printable(called)} (${attested === null ? 'of no attested name' : printable(attested)})`
  const sponsor = received.requester.sponsor?.account.institutionName
  return sponsor === undefined ? `${name}, ${role}` : `${name}, ${role} at ${printable(sponsor)}`
}
