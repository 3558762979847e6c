import { type Refusal, refuse } from '@medchain/core'

/** Refusals of disclosures as such; those of the decision itself are `consent.*` and `identity.*`. */
export const DISCLOSURE_CODES = {
  'consent.none': 'No grant matches: deny by default.',
  'disclosure.holder': 'The statement names another institution for this leg.',
  'disclosure.malformed': 'The statement does not decode, or its parts do not fit together.',
  'disclosure.network': 'The statement is for another network.',
  'disclosure.replayed': 'A statement with this nonce came before; sign a new one.',
  'disclosure.signature': 'The statement’s signature is false, or not that of the one who asks.',
  'disclosure.stale': 'The node’s copy of the chain is too old to decide on; try another node, or later.',
  'disclosure.time': 'The statement was signed more than five minutes ago or ahead; check the clock.',
  'disclosure.unknown': 'The node knows no permitted statement for this piece; read the record again.',
} as const

export const refuseDisclosure = (code: keyof typeof DISCLOSURE_CODES, detail?: string): Refusal =>
  refuse(code, detail === undefined ? DISCLOSURE_CODES[code] : `${DISCLOSURE_CODES[code]} (${detail})`)
