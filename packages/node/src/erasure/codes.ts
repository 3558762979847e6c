import { type Refusal, refuse } from '@medchain/core'

/** Refusals of a node that has yet to destroy what was erased while it was away. */
export const ERASURE_CODES = {
  'vault.erasing': 'The node destroys first what was erased while it was away; ask another holder, or later.',
} as const

export const refuseErasing = (): Refusal => refuse('vault.erasing', ERASURE_CODES['vault.erasing'])
