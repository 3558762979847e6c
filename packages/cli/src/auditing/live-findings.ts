import { presentSigningKey } from '@medchain/core'
import { loggingInstitutions } from '@medchain/node'
import { genesisOf } from '../client/genesis-of.ts'
import { formerMembers, provenMembers } from '../client/proven-members.ts'
import { type ProvenReading, proveReading } from '../client/proven-view.ts'
import { readEras } from '../client/validators-of.ts'
import type { Acting, OwnChart } from '../reading/acting.ts'
import { idOfDid } from '../reading/chain-facts.ts'
import type { Contact } from '../wallet/contacts.ts'
import { institutionsIn, namesIn } from './actors.ts'
import { createLogAsker, type GatheredChart, gatherLogs } from './gather-logs.ts'
import type { AuditFindings } from './report.ts'
import { settleLogs } from './settle-logs.ts'
import { entriesOf, missingLogs, namedGap, namedPending, verifyChart } from './verify-logs.ts'

export interface LiveFindings extends AuditFindings {
  readonly gathered: readonly GatheredChart[]
  /** What the findings rest on; with a check it is all that somebody else needs to make it again. */
  readonly reading: ProvenReading<unknown>
}

interface Wanted {
  readonly charts: readonly OwnChart[]
  readonly contacts: readonly Contact[]
  readonly isChecking: boolean
}

/** Gathers the logs of all institutions about the patient's charts, and checks them when asked to. */
export const liveFindings = async (
  acting: Acting,
  { charts, contacts, isChecking }: Wanted,
): Promise<LiveFindings> => {
  const { client, networkId, identity } = acting
  const members = [...(await provenMembers(client)), ...(await formerMembers(client))]
  const askLog = createLogAsker(acting)
  const plain = await gatherLogs(acting, askLog, members, charts)
  const gathered = isChecking ? await settleLogs(acting, askLog, plain) : plain
  const institutions = members.map(({ did }) => idOfDid(did))
  const actors = gathered.flatMap((chart) => entriesOf(chart).map(({ actor }) => actor))
  const genesis = await genesisOf(client)
  const everValidators = isChecking
    ? (await readEras(client)).flatMap(({ validators }) => validators.map(({ institution }) => institution))
    : []
  const reading = await proveReading(client, (view, head) => {
    const names = namesIn(view, { institutions, actors, charts, patient: identity.name, contacts })
    const institutionOf = institutionsIn(view, actors)
    if (!isChecking) return { names, institutionOf, audits: [] }
    loggingInstitutions(view, genesis, everValidators)
    for (const { chart } of charts) presentSigningKey(view, chart)
    return {
      names,
      institutionOf,
      audits: gathered.map((chart) => verifyChart(view, head, chart, networkId)),
    }
  })
  const { names, institutionOf, audits } = reading.value
  const gaps = gathered.flatMap((chart, index) => {
    const audit = audits[index]
    return audit
      ? audit.gaps.map((gap) => namedGap(gap, chart.own, names))
      : missingLogs(chart, chart.own, names)
  })
  const away = new Set(gaps.filter(({ code }) => code === 'node.unreachable').map(({ node }) => node))
  return {
    gathered,
    reading,
    charts: gathered.map((chart) => ({ ...chart.own, answers: chart })),
    names,
    institutionOf,
    gaps,
    pending: gathered.flatMap((chart, index) => {
      const audit = audits[index]
      return audit ? namedPending(audit, chart.own, names) : []
    }),
    isVerified: isChecking ? gaps.length === 0 : null,
    institutions: members.length - away.size,
  }
}
