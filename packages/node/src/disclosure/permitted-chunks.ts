import { type DisclosureStatement, equalBytes, hexFromBytes, type Result } from '@medchain/core'
import type { StoredRecords } from '../custody/stored-batch.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { refuseDisclosure } from './codes.ts'
import { decideRecords } from './decide.ts'
import { type DeclaredInHalt, headFor } from './fresh-head.ts'

const STATEMENT_AGE_MS_MAX = 10 * 60 * 1000
const STATEMENTS_MAX = 2000

export interface ChunkRequest {
  readonly statementHash: Uint8Array
  readonly recordId: Uint8Array
  readonly offset: number
  readonly length: number
}

/** Pieces of large ciphertexts for statements that were permitted and logged in the last ten minutes. */
export interface PermittedChunks {
  readonly permit: (hash: Uint8Array, statement: DisclosureStatement, nowMs: number) => void
  /** The piece, after deciding again: a grant that ended in the meantime ends the reading. */
  readonly read: (request: ChunkRequest, actor: Uint8Array) => Promise<Result<Uint8Array>>
}

interface Permitted {
  readonly statement: DisclosureStatement
  readonly untilMs: number
}

export const createPermittedChunks = (
  ports: Pick<PrivacyPorts, 'chain' | 'clock'>,
  records: StoredRecords,
  declaredInHalt: DeclaredInHalt,
): PermittedChunks => {
  const statements = new Map<string, Permitted>()
  return {
    permit(hash, statement, nowMs) {
      for (const [name, { untilMs }] of statements) {
        if (untilMs > nowMs && statements.size < STATEMENTS_MAX) break
        statements.delete(name)
      }
      statements.set(hexFromBytes(hash), { statement, untilMs: nowMs + STATEMENT_AGE_MS_MAX })
    },
    async read({ statementHash, recordId, offset, length }, actor) {
      const known = statements.get(hexFromBytes(statementHash))
      const nowMs = ports.clock.wallMs()
      if (!known || known.untilMs <= nowMs || !equalBytes(known.statement.actor, actor)) {
        return refuseDisclosure('disclosure.unknown')
      }
      const head = await headFor(ports, known.statement, declaredInHalt)
      if (!head.ok) return head
      const position = known.statement.recordIds.findIndex((id) => equalBytes(id, recordId))
      if (position < 0) return refuseDisclosure('disclosure.unknown')
      const decision = decideRecords(head.value, nowMs, known.statement)[position]?.decision
      if (decision?.outcome !== 'permit') {
        return { ok: false, code: decision?.code ?? 'consent.none', message: decision?.rule ?? '' }
      }
      return records.ciphertext(recordId, offset, length)
    },
  }
}
