/** Codes whose status is not that of their domain. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  'request.action': 404,
  'request.too-large': 413,
  'request.busy': 429,
  'request.not-kept': 503,
  'request.slow': 408,
  'import.busy': 429,
  'node.busy': 429,
  'node.unconfirmed': 504,
  'import.author': 403,
  'directory.denied': 403,
  'directory.exists': 409,
  'directory.institution-only': 403,
  'directory.other-sponsor': 409,
  'directory.staff-only': 403,
  'requests.blocked': 429,
  'requests.limit': 429,
  'requests.not-staff': 403,
  'requests.unknown': 404,
  'subject.exists': 409,
  'subject.unknown': 404,
  'import.offset': 409,
  'keyring.stale': 409,
  'records.exists': 409,
  'records.stale-epoch': 409,
  'consent.exists': 409,
  'identity.exists': 409,
  'directory.unknown': 404,
  'disclosure.unknown': 404,
  'import.upload': 404,
  'vault.missing': 404,
  'record.erased': 410,
  'import.erased': 409,
  'vault.erasing': 503,
  'disclosure.stale': 503,
  'import.holders': 503,
  'audit.not-ready': 503,
  'audit.write-failed': 503,
  'audit.not-chart': 403,
  'audit.unknown-anchor': 404,
}

const STATUS_OF_DOMAIN: Readonly<Record<string, number>> = {
  consent: 403,
  identity: 403,
  request: 403,
  disclosure: 403,
  mempool: 429,
  network: 503,
  node: 503,
  audit: 500,
  vault: 500,
}

/**
 * HTTP status of a refused private request: 403 for who may not, 404 for what is not there, 409 for what
 * came before, 429 and 503 for what passes by itself, 500 for damage at this node, 400 for the rest.
 */
export const statusOf = (code: string): number =>
  STATUS_OF_CODE[code] ?? STATUS_OF_DOMAIN[code.slice(0, code.indexOf('.'))] ?? 400
