export { type RecoveryOptions, recoverHome } from './recover-home.ts'
export type { RecoveryReport, Situation } from './situation.ts'
export { warnAtStart } from './warn-at-start.ts'
export { watchClock } from './watch-clock.ts'
