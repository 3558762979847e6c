let registering = true
// After the test files of this process have been evaluated, and before any timer: uvu starts from one.
process.nextTick(() => {
  registering = false
})

/**
 * Says that something cannot be tested on this machine. Stands in place of a test
 * (`if (missing) notRun('…') else test('…', …)`), or ends a test's body (`return notRun('…')`).
 * The runner counts it as skipped and lists the reason.
 */
export function notRun(reason: string): void {
  console.log(`\n# not run${registering ? '' : ' inside a test'}: ${reason.replace(/\s+/g, ' ')}`)
}
