import type { AuditRow } from './audit-row.ts'
import { readingsOf, type StatementRow } from './report.ts'

/** Why something stands in no accounting of disclosures, in the order in which the rules are tried. */
export const EXCLUSIONS = {
  refused: { rule: 'nothing was disclosed', citation: '45 CFR 164.528(a)(1)' },
  treatment: { rule: 'treatment, payment or health care operations', citation: '45 CFR 164.528(a)(1)(i)' },
  individual: {
    rule: 'to the individual, or whoever acts for the individual',
    citation: '45 CFR 164.528(a)(1)(ii), 164.502(g)',
  },
  incidental: { rule: 'incident to a permitted use', citation: '45 CFR 164.528(a)(1)(iii)' },
  authorization: { rule: 'by the individual’s authorization', citation: '45 CFR 164.528(a)(1)(iv)' },
  older: { rule: 'more than six years ago', citation: '45 CFR 164.528(a)(1)' },
} as const

export type Exclusion = keyof typeof EXCLUSIONS

/** Disclosures to one recipient for one purpose; of several the law asks for no more than this (164.528(b)(3)). */
export interface AccountedDisclosures {
  /** RFC 3339; the first, and the last. */
  readonly first: string
  readonly last: string
  readonly frequency: number
  /** DID. */
  readonly recipient: string
  /** Name as the person knows it, with the institution that vouches for it; no postal address is known. */
  readonly recipientName: string | null
  readonly description: string
  readonly purpose: string
  readonly purposeText: string
}

export interface Accounting {
  readonly from: string
  readonly disclosures: readonly AccountedDisclosures[]
  readonly excluded: readonly {
    readonly reason: Exclusion
    readonly rule: string
    readonly citation: string
    readonly count: number
  }[]
}

const YEARS = 6

/** Purposes of HL7 v3 PurposeOfUse in words. */
const PURPOSE_TEXT: Readonly<Record<string, string>> = {
  TREAT: 'treatment',
  HPAYMT: 'payment for health care',
  HOPERAT: 'operations of a health care provider',
  HRESCH: 'health care research',
  BTG: 'emergency: the patient could not be asked',
  PATRQT: 'at the patient’s request',
}

const TREATMENT = new Set(['TREAT', 'HPAYMT', 'HOPERAT'])

const sixYearsBefore = (nowMs: number): number => {
  const date = new Date(nowMs)
  return date.setUTCFullYear(date.getUTCFullYear() - YEARS)
}

/**
 * The rule that leaves a reading out; undefined for one that is accounted for. An emergency is listed although it
 * served treatment: nobody had consented to it. What is incidental leaves no entry of its own, so that rule finds none.
 */
export const exclusionOf = (
  { purpose, basis, outcome, at, marks }: Pick<AuditRow, 'purpose' | 'basis' | 'outcome' | 'at' | 'marks'>,
  nowMs: number,
): Exclusion | undefined => {
  if (outcome === 'deny') return 'refused'
  if (marks.includes('incidental')) return 'incidental'
  if (basis === 'owner' || basis === 'guardian' || purpose === 'PATRQT') return 'individual'
  if (TREATMENT.has(purpose)) return 'treatment'
  if (basis === 'grant') return 'authorization'
  return Date.parse(at) < sixYearsBefore(nowMs) ? 'older' : undefined
}

const describe = (readings: readonly (readonly StatementRow[])[]): string => {
  const compartments = new Set(readings.flat().map(({ compartment }) => compartment))
  const records = new Set(
    readings.flat().flatMap((row) => row.records.filter((id) => !row.refused.includes(id))),
  )
  const what =
    records.size === 0 ? 'keys of a chart' : `${records.size} ${records.size === 1 ? 'record' : 'records'}`
  return `${what} of ${[...compartments].sort().join(', ')}`
}

/** The accounting of disclosures for the six years up to `nowMs`, newest recipient first, and what it leaves out. */
export const accountingOf = (rows: readonly StatementRow[], nowMs: number): Accounting => {
  const groups = new Map<string, (readonly StatementRow[])[]>()
  const counts = new Map<Exclusion, number>()
  // A look for charts tells that they exist, and nothing of the person's health.
  const disclosing = rows.filter(({ leg }) => leg !== 'lookup')
  for (const reading of readingsOf(disclosing)) {
    // A leg that permitted speaks for the reading: something may have left.
    const row = reading.find(({ outcome }) => outcome !== 'deny') ?? reading[0]
    if (row === undefined) continue
    const reason = exclusionOf(row, nowMs)
    if (reason !== undefined) {
      counts.set(reason, (counts.get(reason) ?? 0) + 1)
      continue
    }
    const name = `${row.actor} ${row.purpose}`
    groups.set(name, [...(groups.get(name) ?? []), reading])
  }
  const disclosures = [...groups.values()].map((readings) => {
    const times = readings.map(([row]) => row?.at ?? '').sort()
    const row = readings[0]?.[0] as StatementRow
    return {
      first: times[0] as string,
      last: times.at(-1) as string,
      frequency: readings.length,
      recipient: row.actor,
      recipientName: row.actorName,
      description: describe(readings),
      purpose: row.purpose,
      purposeText: PURPOSE_TEXT[row.purpose] ?? row.purpose,
    }
  })
  const reasons = Object.keys(EXCLUSIONS) as Exclusion[]
  return {
    from: new Date(sixYearsBefore(nowMs)).toISOString(),
    disclosures: disclosures.sort((a, b) => (a.last < b.last ? 1 : -1)),
    excluded: reasons.map((reason) => ({ reason, ...EXCLUSIONS[reason], count: counts.get(reason) ?? 0 })),
  }
}

export const accountingJson = ({ from, disclosures, excluded }: Accounting) => ({
  from,
  disclosures: disclosures.map((each) => ({ ...each })),
  excluded: excluded.map((each) => ({ ...each })),
})
