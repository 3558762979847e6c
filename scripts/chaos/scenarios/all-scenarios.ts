import type { Scenario } from '../stage.ts'
import { round } from './round.ts'

export const SCENARIOS: Readonly<Record<string, Scenario>> = { round }
