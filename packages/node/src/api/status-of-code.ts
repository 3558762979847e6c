const EXACT: Readonly<Record<string, number>> = {
  'node.busy': 429,
  'node.not-ready': 503,
  'node.closing': 503,
  'node.unconfirmed': 504,
  'request.too-large': 413,
  'request.media-type': 415,
  'storage.block-pruned': 503,
  'tx.bad-signature': 403,
  'tx.sender-unsigned': 403,
}

const BY_DOMAIN: Readonly<Record<string, number>> = {
  consent: 403,
  disclosure: 403,
  encoding: 400,
  identity: 403,
  mempool: 429,
  request: 400,
  storage: 500,
}

/** HTTP status that goes with a code; the code itself is what clients act on. */
export const statusOfCode = (code: string): number => {
  const [domain = '', reason = ''] = code.split('.')
  if (reason === 'not-found') return 404
  if (reason === 'exists') return 409
  return EXACT[code] ?? BY_DOMAIN[domain] ?? 422
}
