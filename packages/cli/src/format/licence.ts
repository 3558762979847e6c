import type { Licence } from '@medchain/core'
import type { JsonValue } from './json-value.ts'
import { printable } from './printable.ts'
import { rfc3339 } from './time.ts'

export const licenceJson = (licence: Licence | undefined): JsonValue =>
  licence === undefined
    ? null
    : {
        number: licence.number,
        authority: licence.authority ?? null,
        until: licence.untilMs === undefined ? null : rfc3339(licence.untilMs),
      }

export const licenceText = ({ number, authority, untilMs }: Licence, nowMs: number): string => {
  const from = authority === undefined ? '' : `, ${printable(authority)}`
  if (untilMs === undefined) return `${printable(number)}${from}`
  return `${printable(number)}${from}, ${untilMs > nowMs ? 'until' : 'ended'} ${rfc3339(untilMs)}`
}
