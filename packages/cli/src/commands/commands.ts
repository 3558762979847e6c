import { auditCommands } from './audit/group.ts'
import { chartCommands } from './chart/group.ts'
import type { CommandSpec } from './command-spec.ts'
import { connectCommands } from './connect/group.ts'
import { consentCommands } from './consent/group.ts'
import { contactCommands } from './contact/group.ts'
import { emergencyCommands } from './emergency/group.ts'
import { eraseCommands } from './erase/group.ts'
import { explainCommands } from './explain/group.ts'
import { exportCommands } from './export/group.ts'
import { grantCommands } from './grant/group.ts'
import { guardianCommands } from './guardian/group.ts'
import { idCommands } from './id/group.ts'
import { memberCommands } from './member/group.ts'
import { networkCommands } from './network/group.ts'
import { nodeCommands } from './node/group.ts'
import { noticesCommands } from './notices/group.ts'
import { queryCommands } from './query/group.ts'
import { recordCommands } from './record/group.ts'
import { recordsCommands } from './records/group.ts'
import { recoverCommands } from './recover/group.ts'
import { registerCommands } from './register/group.ts'
import { requestsCommands } from './requests/group.ts'
import { shellCommands } from './shell/group.ts'
import { staffCommands } from './staff/group.ts'
import { subjectCommands } from './subject/group.ts'

/** Every command of the program; one line a noun. */
export const COMMANDS: readonly CommandSpec[] = [
  ...networkCommands,
  ...nodeCommands,
  ...memberCommands,
  ...staffCommands,
  ...subjectCommands,
  ...connectCommands,
  ...idCommands,
  ...contactCommands,
  ...registerCommands,
  ...grantCommands,
  ...consentCommands,
  ...guardianCommands,
  ...recoverCommands,
  ...requestsCommands,
  ...exportCommands,
  ...recordCommands,
  ...recordsCommands,
  ...chartCommands,
  ...emergencyCommands,
  ...noticesCommands,
  ...auditCommands,
  ...eraseCommands,
  ...explainCommands,
  ...queryCommands,
  ...shellCommands,
]
