const DAY_MS = 86_400_000

const padded = (value: number, length = 2): string => String(value).padStart(length, '0')

/** A FHIR instant in UTC with milliseconds, of the years 0001 to 9999 (Hinnant, civil_from_days). */
export const instantFromMs = (timeMs: number): string => {
  const days = Math.floor(timeMs / DAY_MS)
  const ofDay = timeMs - days * DAY_MS
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const ofEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  )
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * ofYear + 2) / 153)
  const day = ofYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  const [hour, minute] = [Math.floor(ofDay / 3_600_000), Math.floor(ofDay / 60_000) % 60]
  const [second, ms] = [Math.floor(ofDay / 1000) % 60, ofDay % 1000]
  const date = `${padded(year, 4)}-${padded(month)}-${padded(day)}`
  return `${date}T${padded(hour)}:${padded(minute)}:${padded(second)}.${padded(ms, 3)}Z`
}
