import { type Refusal, refuse } from '@medchain/core'

/** Refusals of private requests as such, with the sentence a person can act on. */
export const REQUEST_CODES = {
  'request.action': 'This node does not know the action; update the node or the client.',
  'request.busy': 'The node has as many requests as it can hold; try again in a few seconds.',
  'request.not-kept':
    'The node could not note on its disk that it has seen the request, so it does not act on it; its operator frees space.',
  'request.network': 'The request is for another network; check which node you are connected to.',
  'request.other-node': 'The request is for another institution’s node, and this action is not passed on.',
  'request.replayed': 'A request with this nonce came before; sign a new one.',
  'request.signature': 'The request’s signature is false.',
  'request.time': 'The request was signed more than five minutes ago or ahead; check the clock.',
  'request.slow': 'The body comes too slowly, or not to its end; send it again over a faster line.',
  'request.too-large': 'The request is larger than 25 MiB; split it.',
  'network.malformed': 'The other node’s answer does not decode.',
} as const

export const refuseRequest = (code: keyof typeof REQUEST_CODES, detail?: string): Refusal =>
  refuse(code, detail === undefined ? REQUEST_CODES[code] : `${REQUEST_CODES[code]} (${detail})`)

/** To keys that their person replaced: what they once opened is refused with its reason. */
export const ROTATED = refuse(
  'identity.rotated',
  'These keys were replaced by newer ones; restore the identity from its new words.',
)

/** Whether a transaction that was refused with this code may be committed all the same. */
export const isUncertain = (code: string): boolean => /^(network|node)\./.test(code)
