import type { Compartment } from '@medchain/core'
import { fail } from '../../command-error.ts'
import type { GrantSet, OwnGrant } from './own-grants.ts'

const PREFIX_LENGTH_MIN = 4

export interface ChosenGrants {
  readonly grantId: string
  readonly members: readonly OwnGrant[]
}

const only = <T>(typed: string, found: readonly T[]): T | undefined => {
  const [first, other] = found
  return other === undefined
    ? first
    : fail('usage.grant', `“${typed}” is the beginning of ${found.length} grants.`, 'Write more of the id.')
}

/** The set of a name, or one grant of a set, by id or its beginning; limited to compartments if any are named. */
export const chooseGrants = (
  sets: readonly GrantSet[],
  typed: string,
  compartments: readonly Compartment[],
): ChosenGrants => {
  const text = typed.toLowerCase()
  const matches = (id: string) => (text.length < PREFIX_LENGTH_MIN ? id === text : id.startsWith(text))
  const set = only(
    typed,
    sets.filter(({ grantId }) => matches(grantId)),
  )
  const single = set
    ? undefined
    : only(
        typed,
        sets.flatMap(({ members }) => members).filter(({ info }) => matches(info.grantId)),
      )
  const members = set?.members ?? (single ? [single] : [])
  if (members.length === 0) return fail('consent.unknown-grant', `You gave no grant “${typed}”.`)
  const chosen = members.filter(
    ({ chart }) =>
      compartments.length === 0 || (compartments as readonly string[]).includes(chart.compartment),
  )
  if (chosen.length === 0)
    return fail('consent.unknown-grant', 'The grant is for none of these compartments.')
  return { grantId: set?.grantId ?? (single as OwnGrant).info.grantId, members: chosen }
}
