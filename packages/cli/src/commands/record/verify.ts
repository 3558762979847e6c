import { stat } from 'node:fs/promises'
import path from 'node:path'
import { hexFromBytes } from '@medchain/core'
import { factsText } from '../../format/table.ts'
import { rfc3339 } from '../../format/time.ts'
import { checkFile } from '../../reading/check-file.ts'
import { authorOf, readOneRecord } from '../../reading/one-record.ts'
import { purposeOption } from '../../reading/purpose-option.ts'
import { refusalError } from '../../reading/refusals.ts'
import type { CommandAction } from '../command-spec.ts'
import { refuseUnproven } from '../refuse-unproven.ts'

const CHECKS = ['anchors root', 'envelope digest', 'ciphertext digest', 'commitment'] as const

const isFile = async (typed: string): Promise<boolean> => {
  const looksLikePath = typed.includes(path.sep) || typed.includes('.')
  const stats = await stat(typed).catch(() => undefined)
  return stats?.isFile() ?? looksLikePath
}

/** Checks a record, or a file that should be one, against what the chain committed to. */
export const verifyRecord: CommandAction = async (context, input) => {
  refuseUnproven(context)
  const [typed = ''] = input.args
  if (await isFile(typed)) return checkFile(context, input, typed)
  const one = await readOneRecord(context, typed, (usual) => purposeOption(input, usual))
  // Everything named in CHECKS was compared while the pieces were opened; the last of them tells.
  for await (const piece of one.record.pieces()) {
    if (!piece.ok) throw refusalError(piece)
  }
  const { batch, candidate, record } = one
  const commitment = hexFromBytes(record.anchor.commitment)
  return {
    json: {
      id: candidate.id,
      verified: true,
      checks: [...CHECKS],
      commitment,
      author: authorOf(one),
      height: batch.height,
      at: rfc3339(batch.timeMs),
      sizeBytes: record.header.sizeBytes,
    },
    text: `${context.paint.good('Verified')}: the record is the one committed to on the chain.\n${factsText([
      ['Commitment', commitment],
      ['Anchored', `at height ${batch.height}, ${rfc3339(batch.timeMs)}`],
      ['Author', authorOf(one)],
      ['Checked', CHECKS.join(', ')],
    ])}`,
  }
}
