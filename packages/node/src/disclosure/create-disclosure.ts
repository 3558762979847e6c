import { agentKeys, agentScopes, disclosureChunk, disclosureLeg } from '@medchain/core'
import type { Audit } from '../audit/create-audit.ts'
import type { StoredRecords } from '../custody/stored-batch.ts'
import type { GrantEnvelopes } from '../directory/grant-envelopes.ts'
import type { Eraser } from '../erasure/eraser.ts'
import type { Dispatcher } from '../requests/dispatcher.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { type AdmitStatement, createAdmission } from './admit-statement.ts'
import { type GrantedScopes, serveScopesWith } from './agent-scopes.ts'
import type { DeclaredInHalt } from './fresh-head.ts'
import { serveAgentWith } from './key-agent.ts'
import { createPermittedChunks } from './permitted-chunks.ts'
import { serveLegWith } from './serve-leg.ts'
import { createUsedNonces } from './used-nonces.ts'

interface DisclosureParts {
  readonly audit: Audit
  readonly eraser: Pick<Eraser, 'ready'>
  readonly records: StoredRecords
  readonly envelopes: GrantEnvelopes
  readonly scopesOf: GrantedScopes
  readonly declaredInHalt: DeclaredInHalt
}

/**
 * Serves the legs of disclosures, chunks of large ciphertexts, and the institution's own keys to its staff. Answers with
 * the admission that these share, for other rooms that serve statements.
 */
export const serveDisclosures = (
  ports: PrivacyPorts,
  dispatcher: Dispatcher,
  { audit, eraser, records, envelopes, scopesOf, declaredInHalt }: DisclosureParts,
): AdmitStatement => {
  const nonces = createUsedNonces(audit.log.loaded.recent, ports.clock.wallMs())
  const admit = createAdmission(ports, { audit, eraser, declaredInHalt }, nonces)
  const chunks = createPermittedChunks(ports, records, declaredInHalt)
  const serveLeg = serveLegWith(admit, records, chunks, ports)
  const serveAgent = serveAgentWith(ports, admit, envelopes)
  const serveScopes = serveScopesWith(ports, scopesOf)
  dispatcher.handle(agentScopes, (payload, { actor }) => serveScopes(payload, actor))
  dispatcher.handle(disclosureLeg, (payload, { actor }) => serveLeg(payload, actor))
  dispatcher.handle(disclosureChunk, (payload, { actor }) => chunks.read(payload, actor))
  dispatcher.handle(agentKeys, (payload, { actor }) => serveAgent(payload, actor))
  return admit
}
