import { type Refusal, refuse } from '@medchain/core'

/** Refusals of imports and of keeping what was imported, with the sentence a person can act on. */
export const CUSTODY_CODES = {
  'import.author':
    'Only an active member of staff of this institution, or the institution itself, imports here.',
  'import.busy': 'The node has as many imports under way as it can hold; try again in a few seconds.',
  'import.digest': 'A ciphertext or an envelope is not the one in the transaction; seal the batch again.',
  'import.erased':
    'The patient had this item erased; it is not imported again. Issue it anew if the patient wants it back.',
  'import.holders': 'Too few holders could be reached to keep the batch; try again when more nodes are up.',
  'import.offset': 'The piece does not follow the ones before it; send from the offset that the node names.',
  'import.quota':
    'The holder keeps as much for this institution as it may before the chain anchors it; it is sent again later.',
  'import.shape': 'The parts of the batch do not fit together; seal it again.',
  'import.upload': 'The node has no such upload; send the file again.',
  'import.upload-size': 'The file is larger than 4 GiB, or too many uploads are under way.',
  'import.waiting': 'Some of it was handed in before and is on its way to the chain; try again in a moment.',
  'vault.missing': 'This node does not keep the record; ask another holder.',
} as const

export type CustodyCode = keyof typeof CUSTODY_CODES

export const refuseCustody = (code: CustodyCode, detail?: string): Refusal =>
  refuse(code, detail === undefined ? CUSTODY_CODES[code] : `${CUSTODY_CODES[code]} (${detail})`)
