import { type DisclosureStatement, disclosureHash, equalBytes, hexFromBytes } from '@medchain/core'
import type { AuditGap } from './collected-log.ts'
import { gap, type VerifiedEntry } from './verify-chain.ts'

/** A reader that found one holder silent asks another within this time. */
const RETRY_MS_MAX = 2 * 60 * 1000

const isRetryOf = (
  later: DisclosureStatement,
  first: DisclosureStatement,
  side: 'ciphertext' | 'release',
): boolean => {
  const holderOf = side === 'ciphertext' ? 'ciphertextHolder' : 'releaseHolder'
  const records = new Set(later.recordIds.map(hexFromBytes))
  return (
    equalBytes(later.actor, first.actor) &&
    later.timeMs >= first.timeMs &&
    later.timeMs - first.timeMs <= RETRY_MS_MAX &&
    !equalBytes(later[holderOf], first[holderOf]) &&
    first.recordIds.some((recordId) => records.has(hexFromBytes(recordId)))
  )
}

/** A leg that one holder served and the other shows no entry of. */
export interface MissingLeg {
  readonly holder: Uint8Array
  readonly side: 'ciphertext' | 'release'
  /** The entry of the holder that served. */
  readonly served: VerifiedEntry
}

/**
 * Where one holder served its leg, the other must show an entry for the same statement, unless the reader
 * turned to another holder right after (the first was silent). Nodes whose log is not here are left out.
 */
export const missingLegs = (
  entries: readonly VerifiedEntry[],
  readable: ReadonlySet<string>,
): MissingLeg[] => {
  const logged = new Set(
    entries.map(({ entry }) => `${entry.leg} ${hexFromBytes(disclosureHash(entry.statement))}`),
  )
  const statements = entries.flatMap(({ statement }) => statement ?? [])
  return entries.flatMap((served) => {
    const { entry, statement } = served
    const isLeg = entry.leg === 'ciphertext' || entry.leg === 'release'
    if (!statement || !isLeg || entry.permitted.length === 0) return []
    const side = entry.leg === 'ciphertext' ? 'release' : 'ciphertext'
    const holder = side === 'release' ? statement.releaseHolder : statement.ciphertextHolder
    const isThere = logged.has(`${side} ${hexFromBytes(disclosureHash(entry.statement))}`)
    const isExcused = statements.some((later) => isRetryOf(later, statement, side))
    return isThere || isExcused || !readable.has(hexFromBytes(holder)) ? [] : [{ holder, side, served }]
  })
}

/** Only the legs of `settled` entries are missed: the other holder may have been asked before it logged a later one. */
export const verifyLegs = (
  entries: readonly VerifiedEntry[],
  readable: ReadonlySet<string>,
  settled: ReadonlySet<VerifiedEntry>,
): AuditGap[] =>
  missingLegs(entries, readable)
    .filter(({ served }) => settled.has(served))
    .map(({ holder, side, served }) =>
      gap(
        holder,
        'audit.leg-missing',
        undefined,
        `${side} leg of entry ${served.entry.sequence} at the other holder`,
      ),
    )
