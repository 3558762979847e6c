export interface Report {
  readonly passed: number
  readonly failed: number
  /** Reasons of what could not run here. */
  readonly notRun: readonly string[]
}

/**
 * Reads what a test file printed. Undefined when uvu gave no summary or ran nothing:
 * it exits 0 when a file forgets `test.run()`.
 */
export function readReport(output: string): Report | undefined {
  const lines = [...output.matchAll(/^# not run( inside a test)?: (.*)$/gm)]
  const notRun = lines.map(([, , reason]) => reason ?? '')
  const insideTests = lines.filter(([, inside]) => inside !== undefined).length
  const summary = [...output.matchAll(/^ {2}Total: +(\d+)\n {2}Passed: +(\d+)\n {2}Skipped: +(\d+)$/gm)].at(
    -1,
  )
  if (summary === undefined) return undefined
  const [total, passed, skipped] = summary.slice(1).map(Number) as [number, number, number]
  if (total === 0 && notRun.length === 0) return undefined
  const silent = Array.from({ length: skipped }, () => 'skipped without a reason')
  return {
    // A test that found out inside its body that it cannot run ends as passed for uvu.
    passed: Math.max(0, passed - insideTests),
    failed: total - passed,
    notRun: [...notRun, ...silent],
  }
}
