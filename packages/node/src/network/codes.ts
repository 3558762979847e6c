/** Why a request or a publication failed, with the sentence a person can act on. */
export const NETWORK_CODES = {
  'network.cancelled': 'The caller gave the request up before an answer came.',
  'network.malformed': 'A peer sent bytes that are no message of this protocol; update the older of the two.',
  'network.refused': 'The peer is busy or could not answer; try again later or ask another institution.',
  'network.timeout': 'The peer did not answer in time; try again or ask another institution.',
  'network.too-large': 'The message is larger than the protocol allows; send or ask for less at once.',
  'network.unreachable': 'The peer is not connected; check that its node runs and its address is right.',
} as const

export type NetworkErrorCode = keyof typeof NETWORK_CODES
