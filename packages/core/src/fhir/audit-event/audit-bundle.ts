import { auditEventsOf, DID_SYSTEM, type FhirJson } from './audit-event.ts'
import { CODINGS } from './codings.ts'
import type { AuthorshipEvent, DisclosureEvent, EventParty } from './disclosure-event.ts'

const agentOf = ({ did, name }: EventParty): FhirJson => ({
  identifier: { system: DID_SYSTEM, value: did },
  ...(name && { display: name }),
})

/** FHIR R4 Provenance of records that were anchored together: who wrote them, for which institution. */
export const provenanceOf = ({
  id,
  recorded,
  author,
  institution,
  recordIds,
}: AuthorshipEvent): FhirJson => ({
  resourceType: 'Provenance',
  id,
  target: recordIds.map((value) => ({ identifier: { system: 'urn:medchain:record', value } })),
  recorded,
  agent: [
    {
      type: { coding: [{ ...CODINGS.author }] },
      who: agentOf(author),
      ...(institution && { onBehalfOf: agentOf(institution) }),
    },
  ],
})

/** A collection of AuditEvents and Provenances; `timestamp` is RFC 3339. */
export const auditBundle = (
  disclosures: readonly DisclosureEvent[],
  authorships: readonly AuthorshipEvent[],
  timestamp: string,
): FhirJson => ({
  resourceType: 'Bundle',
  type: 'collection',
  timestamp,
  entry: [...disclosures.flatMap(auditEventsOf), ...authorships.map(provenanceOf)].map((resource) => ({
    fullUrl: `urn:medchain:audit:${String(resource['id'])}`,
    resource,
  })),
})
