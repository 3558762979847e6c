import type { Refusal } from '@medchain/core'

/** RFC 9457 problem details. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  /** The refusal's stable code. */
  readonly code: string
}

const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  'request.action': 404,
  'request.too-large': 413,
  'request.busy': 429,
  'import.busy': 429,
  'tx.busy': 429,
  'mempool.busy': 429,
  'mempool.full': 429,
  'consent.exists': 409,
  'directory.exists': 409,
  'identity.exists': 409,
  'import.offset': 409,
  'keyring.stale': 409,
  'records.exists': 409,
  'records.stale-epoch': 409,
  'directory.unknown': 404,
  'disclosure.unknown': 404,
  'import.upload': 404,
  'vault.missing': 404,
  'directory.denied': 403,
  'disclosure.signature': 403,
  'disclosure.replayed': 403,
  'disclosure.time': 403,
  'disclosure.stale': 503,
  'import.holders': 503,
  'audit.not-ready': 503,
  'audit.write-failed': 503,
  'audit.damaged': 500,
  'vault.damaged': 500,
  'vault.unavailable': 500,
}

const STATUS_OF_DOMAIN: Readonly<Record<string, number>> = {
  consent: 403,
  identity: 403,
  request: 403,
  network: 503,
  node: 503,
}

/** 403 for who may not, 404, 409, 429, 503 for what passes by itself, 500 for damage here, else 400. */
export const statusOf = (code: string): number =>
  STATUS_OF_CODE[code] ?? STATUS_OF_DOMAIN[code.slice(0, code.indexOf('.'))] ?? 400

export const problemOf = ({ code, message }: Refusal): Problem => ({
  type: 'about:blank',
  title: message,
  status: statusOf(code),
  detail: message,
  code,
})
