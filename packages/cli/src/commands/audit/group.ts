import { FOR_OPTION } from '../../guarding/for-option.ts'
import type { CommandSpec } from '../command-spec.ts'

export const auditCommands: readonly CommandSpec[] = [
  {
    name: 'audit',
    summary: 'who asked for your records, and what was answered',
    details:
      'Gathers the logs of all institutions, newest first. --verify checks them against the chain and against each ' +
      'other, and names the institution that altered, left out or withheld something (exit code 6). An institution ' +
      'that does not answer is named, with exit code 8. --accounting is the accounting of disclosures of ' +
      '45 CFR 164.528 for six years, with a count of what each of its rules leaves out. --fhir prints a FHIR R4 ' +
      'Bundle of AuditEvent by the IHE Basic Audit Log Patterns, and of Provenance. --export writes the audit with ' +
      'all its proofs; --verify --from FILE --genesis FILE checks it anywhere, without a node. Emergencies that opened ' +
      'your charts are shown beside it (--json: emergencies, as of medchain emergency list).',
    options: [
      FOR_OPTION,
      ['--verify', 'check everything against the chain'],
      ['--accounting', 'the accounting of disclosures'],
      ['--fhir', 'a FHIR R4 Bundle of AuditEvent and Provenance'],
      ['--export <file>', 'write the audit with all its proofs to a file'],
      ['--from <file>', 'check such a file instead of asking the nodes'],
      ['--genesis <file>', 'genesis document to check it against'],
    ],
    examples: [
      'medchain audit --verify',
      'medchain audit --accounting --json',
      'medchain audit --export audit-2026.medchain',
      'medchain audit --verify --from audit-2026.medchain --genesis genesis.json',
    ],
    load: async () => (await import('./audit.ts')).showAudit,
  },
]
