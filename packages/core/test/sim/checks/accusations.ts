import { evidenceSubmissionSchema } from '../../../src/contracts/governance/evidence-tables.ts'
import { decode, equalBytes, unwrap } from '../../../src/encoding/index.ts'
import type { TransactionBody } from '../../../src/ledger/index.ts'
import type { World } from '../world/world.ts'
import { Violation } from './check.ts'

/** S10 on the chain: whoever is accused there did sign both messages, and they are two. */
export const checkAccusations = (world: World, height: number, bodies: readonly TransactionBody[]): void => {
  for (const { kind, payload } of bodies) {
    if (kind !== 'governance.evidence') continue
    const { institution, first, second } = unwrap(decode(evidenceSubmissionSchema, payload))
    const member = world.institutions.findIndex((_, at) =>
      equalBytes(institution, world.load.institutionOf(at) ?? new Uint8Array(0)),
    )
    const key = world.institutions[member]?.votingKey
    const isSigned = [first, second].every(
      ({ message, signature }) =>
        key !== undefined && world.signatures.verifier.verify(key, message, signature),
    )
    const isGuilty = world.hosts.some((host) => host.member === member && host.isExempt)
    if (!isSigned || !isGuilty || equalBytes(first.message, second.message))
      throw new Violation('S10', `block ${height} accuses member ${member}, which is honest`)
  }
}
