import { clinicianInstitution, emergencyCharts, emergencyChoices, ok } from '@medchain/core'
import type { Audit } from '../audit/create-audit.ts'
import { refuseDirectory } from '../directory/codes.ts'
import type { Directory } from '../directory/create-directory.ts'
import type { AdmitStatement } from '../disclosure/admit-statement.ts'
import { createRefusalBudget } from '../disclosure/refusal-budget.ts'
import { refuseRequest } from '../requests/codes.ts'
import type { Dispatcher } from '../requests/dispatcher.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { createHaltedAnchoring } from './anchor-halted.ts'
import { refuseEmergency } from './codes.ts'
import { keepDetailsIn, serveDetails } from './details.ts'
import type { HaltedDeclarations } from './halted-declarations.ts'
import { logLookup } from './log-lookup.ts'
import { serveHalted } from './serve-halted.ts'
import { serveShares } from './serve-shares.ts'
import { createShareKeeper } from './share-keeper.ts'

/** Persons whose charts one clinician may ask for in ten minutes: more is a search, not an emergency. */
const LOOKUPS_MAX = 30

/** Events of the chain after which a share may fit its digest no more. */
const ENDING = new Set(['emergency.prepared', 'emergency.opted-out'])

export interface Emergencies {
  readonly start: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Which charts of a person are open to emergencies: the directory of the institution that registered them knows. */
const serveCharts = (
  ports: PrivacyPorts,
  dispatcher: Dispatcher,
  people: Directory['people'],
  audit: Pick<Audit, 'log' | 'isReady'>,
): void => {
  const { chain, clock } = ports
  const lookups = createRefusalBudget(LOOKUPS_MAX)
  dispatcher.handle(emergencyCharts, async ({ person }, context) => {
    const { actor } = context
    const { view } = chain.head()
    if (!clinicianInstitution(view, actor)) return refuseEmergency('emergency.not-clinician')
    if (lookups.isSpent(actor, clock.wallMs())) return refuseRequest('request.busy')
    lookups.spend(actor, clock.wallMs())
    const found = await people.of(person)
    if (!found.ok) return found
    const open = found.value.filter(({ chart }) => view.get(emergencyChoices, chart)?.isEligible)
    if (open.length === 0) return refuseDirectory('directory.unknown')
    const logged = await logLookup(
      ports,
      audit,
      open.map(({ chart }) => chart),
      context,
    )
    return logged.ok ? ok(open) : logged
  })
}

/** What a node does for emergencies: keeps and releases shares, knows charts, keeps what was said. */
export const createEmergencies = (
  ports: PrivacyPorts,
  dispatcher: Dispatcher,
  directory: Directory,
  admit: AdmitStatement,
  declarations: HaltedDeclarations,
  audit: Pick<Audit, 'log' | 'isReady'>,
): Emergencies => {
  const keeper = createShareKeeper(ports)
  serveShares(ports, dispatcher, directory, admit, keeper, declarations.declaredBy)
  const halted = serveHalted(ports, dispatcher, declarations, keepDetailsIn(ports))
  const anchoring = createHaltedAnchoring(ports, declarations)
  serveDetails(ports, dispatcher, halted.find)
  serveCharts(ports, dispatcher, directory.people, audit)
  let sweeping: Promise<unknown> = Promise.resolve()
  let leave = (): void => undefined
  const sweep = (chart?: Uint8Array): Promise<unknown> => {
    sweeping = sweeping
      .then(() => keeper.sweep(chart))
      .catch((error: unknown) =>
        ports.logger.warn({ reason: String(error) }, 'shares that no chart wants could not be deleted'),
      )
    return sweeping
  }
  return {
    async start() {
      leave = ports.chain.onCommitted((events) => {
        for (const { kind, subjects } of events) if (ENDING.has(kind) && subjects[0]) sweep(subjects[0])
      })
      anchoring.start()
      await sweep()
    },
    async close() {
      leave()
      await anchoring.close()
      declarations.close()
      await sweeping
    },
  }
}
