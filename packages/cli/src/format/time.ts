/** RFC 3339 in UTC, to the second when nothing is lost by it. */
export const rfc3339 = (timeMs: number): string => new Date(timeMs).toISOString().replace('.000Z', 'Z')

const STEPS: readonly (readonly [number, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
]

/** `3 d`, `2 h`, `5 min`, `4 s`, `120 ms`. */
export const durationText = (durationMs: number): string => {
  const step = STEPS.find(([lengthMs]) => Math.abs(durationMs) >= lengthMs)
  return step ? `${Math.floor(durationMs / step[0])} ${step[1]}` : `${Math.round(durationMs)} ms`
}
