/** The numbers that scripts rely on. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  denied: 3,
  notFound: 4,
  unavailable: 5,
  broken: 6,
  busy: 7,
  partly: 8,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

const BY_CODE: Readonly<Record<string, ExitCode>> = {
  'api.busy': EXIT.busy,
  'api.not-ready': EXIT.unavailable,
  'audit.not-chart': EXIT.denied,
  'audit.write-failed': EXIT.failed,
  'backup.exists': EXIT.failed,
  'backup.in-home': EXIT.usage,
  'backup.home-taken': EXIT.failed,
  'backup.interrupted': EXIT.failed,
  'backup.missing': EXIT.notFound,
  'backup.moved-on': EXIT.busy,
  'backup.newer-format': EXIT.usage,
  'chart.taken-over': EXIT.denied,
  'consent.unknown-grant': EXIT.notFound,
  'consent.unknown-grantee': EXIT.notFound,
  'directory.attestation': EXIT.denied,
  'directory.institution-only': EXIT.denied,
  'directory.other-sponsor': EXIT.denied,
  'directory.staff-only': EXIT.denied,
  'disclosure.stale': EXIT.unavailable,
  'genesis.mismatch': EXIT.broken,
  'governance.bad-parameters': EXIT.usage,
  'governance.no-effect': EXIT.usage,
  'governance.not-validator': EXIT.denied,
  'governance.wrong-version': EXIT.usage,
  'identity.not-author': EXIT.denied,
  'identity.suspended': EXIT.denied,
  'identity.unknown': EXIT.notFound,
  'identity.did': EXIT.usage,
  'identity.rotated': EXIT.denied,
  'identity.rotation': EXIT.denied,
  'import.all-failed': EXIT.failed,
  'import.author': EXIT.denied,
  'import.holders': EXIT.unavailable,
  'import.partly': EXIT.partly,
  'keyring.wrong-key': EXIT.denied,
  'keystore.damaged': EXIT.broken,
  'keystore.missing': EXIT.notFound,
  // Written by a newer version: the wrong program is at work, and starting it again does not help.
  'keystore.version': EXIT.usage,
  'keystore.wrong-passphrase': EXIT.denied,
  'mempool.full': EXIT.busy,
  'genesis.fingerprint': EXIT.usage,
  'network.mismatch': EXIT.broken,
  'network.refused': EXIT.busy,
  'node.closing': EXIT.unavailable,
  'node.not-ready': EXIT.unavailable,
  'node.timeout': EXIT.unavailable,
  'node.unreachable': EXIT.unavailable,
  'passphrase.missing': EXIT.usage,
  'recovery.has-memory': EXIT.denied,
  'recovery.height': EXIT.usage,
  'recovery.unconfirmed': EXIT.usage,
  // Another program is needed, and starting this one again does not help.
  'protocol.unsupported': EXIT.usage,
  'request.payload': EXIT.broken,
  'research.not-staff': EXIT.denied,
  'research.small-cohort': EXIT.denied,
  // Another start may find the others awake.
  'storage.block-awaited': EXIT.unavailable,
  'storage.block-pruned': EXIT.unavailable,
  'storage.full': EXIT.failed,
  'storage.locked': EXIT.failed,
  'storage.newer-format': EXIT.usage,
  'storage.old-format': EXIT.usage,
  'storage.write-failed': EXIT.failed,
  // The passphrase was right: keystore and vault come from different backups.
  'vault.wrong-master-key': EXIT.broken,
}

// The first that matches speaks.
const BY_PATTERN: readonly (readonly [RegExp, ExitCode])[] = [
  [/[.-]busy$|\.rate-limited$/, EXIT.busy],
  [/\.too-large$/, EXIT.usage],
  [/^(usage|words|time|search|query\.syntax|config)\b/, EXIT.usage],
  [/^(wal|storage|store|state|recovery|backup|clock)\./, EXIT.broken],
  [/\.(wrong-passphrase|bad-signature|signature|denied|refused)$/, EXIT.denied],
  [/^(consent|request|sponsor|token|enrolment)\./, EXIT.denied],
  [/^identity\.(not-institution|not-sponsor|not-chart|unproven-key)$/, EXIT.denied],
  [/\.(unknown|not-found|missing)$|\.unknown-/, EXIT.notFound],
  [/\.(unreachable|not-ready|timeout|unavailable|syncing|stopped)$/, EXIT.unavailable],
  [/^(audit|certificate|proof)\.|(damaged|mismatch|broken|tampered)$/, EXIT.broken],
  [/\.partly$/, EXIT.partly],
]

/** The exit code of an error code; `failed` for one without a place in the table. */
export const exitCodeOf = (code: string): ExitCode =>
  BY_CODE[code] ?? BY_PATTERN.find(([pattern]) => pattern.test(code))?.[1] ?? EXIT.failed
