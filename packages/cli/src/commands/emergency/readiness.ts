import { didFromAccountId, isProtected, optOut } from '@medchain/core'
import { type ProvenMember, provenMembers } from '../../client/proven-members.ts'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { epochsOf, prepareEpochs } from '../../emergencies/prepare-shares.ts'
import { type ChartReadiness, readinessOf } from '../../emergencies/readiness.ts'
import { EXIT } from '../../exit-code.ts'
import { tableText } from '../../format/table.ts'
import { compartmentsOption } from '../../reading/compartment-option.ts'
import { sendEach } from '../../sending/send-each.ts'
import { chartActor } from '../../wallet/chart-keys.ts'
import { openPatientSession, type Session } from '../../wallet/session.ts'
import { type CommandAction, type CommandInput, isSet, listOption } from '../command-spec.ts'
import { summaryOf } from '../transaction-summary.ts'

const readChart = (
  { chart, choice, custodians, ready, needed, toRenew }: ChartReadiness,
  members: readonly ProvenMember[],
) => ({
  chart: didFromAccountId(chart.chartId),
  compartment: chart.compartment,
  eligible: choice?.isEligible ?? false,
  ready,
  custodians: custodians.length,
  needed,
  renew: toRenew.length > 0,
  institutions: custodians.map(({ institution, epochs }) => {
    const did = didFromAccountId(institution)
    const name = members.find((member) => member.did === did)?.name ?? null
    return { did, name, answers: epochs !== undefined, epochs: [...(epochs ?? [])] }
  }),
})

const stateText = ({ eligible, ready, custodians, needed, renew }: ReturnType<typeof readChart>): string => {
  if (!eligible) return 'closed to emergencies'
  const short = ready < needed ? ', too few' : ''
  return `${ready} of ${custodians} custodians ready (${needed} open it${short})${renew ? '; renew' : ''}`
}

const readinessOfAll = async (session: Session) => {
  const { client, keyring } = session
  const members = await provenMembers(client)
  const charts = [...keyring.current().charts].sort((a, b) => (a.compartment < b.compartment ? -1 : 1))
  const all = await Promise.all(charts.map((chart) => readinessOf(client, members, chart)))
  return { members, all }
}

/** Splits anew what lies with the wrong custodians, or is not all there. */
const renew = async (context: CommandContext, session: Session, all: readonly ChartReadiness[]) => {
  const epochs = all.flatMap(({ chart, toRenew }) => toRenew.map((epoch) => ({ chart, epoch })))
  const { failed } = await prepareEpochs({ ...session, now: context.host.now }, epochs)
  for (const { chart, error } of failed)
    context.warn(`${chart.compartment}: not renewed: ${error.message} [${error.code}]`)
  return failed.length
}

/** How many custodians hold what opens the patient's charts in an emergency. */
export const showReadiness: CommandAction = async (context, input) => {
  const session = await openPatientSession(context)
  const progress = await context.progress('Asking the custodians')
  try {
    let { members, all } = await readinessOfAll(session)
    const failed = isSet(input, 'renew') ? await renew(context, session, all) : 0
    if (isSet(input, 'renew')) all = (await readinessOfAll(session)).all
    const charts = all.map((each) => readChart(each, members))
    const open = charts.filter(({ eligible }) => eligible)
    const isShort = open.some(({ ready, needed }) => ready < needed)
    return {
      json: {
        charts,
        ready: open.length > 0 ? Math.min(...open.map(({ ready }) => ready)) : null,
        needed: open.length > 0 ? Math.max(...open.map(({ needed }) => needed)) : null,
      },
      text: tableText(
        ['Compartment', 'In an emergency'],
        charts.map((chart) => [chart.compartment, stateText(chart)]),
        'You have no charts yet.',
        context.columns,
      ),
      exitCode: failed > 0 || isShort ? EXIT.partly : EXIT.done,
    }
  } finally {
    progress.stop()
  }
}

const chosenCharts = (
  { keyring }: Session,
  input: CommandInput,
  isUsual: (compartment: string) => boolean,
) => {
  const isNamed = listOption(input, 'compartment').length > 0
  const named: ReadonlySet<string> = compartmentsOption(input)
  const charts = keyring
    .current()
    .charts.filter(({ compartment }) => (isNamed ? named.has(compartment) : isUsual(compartment)))
  return charts.length > 0 ? charts : fail('identity.not-chart', 'You have no such charts yet.')
}

/** The patient closes charts to emergencies: all of them, or those of the compartments named. */
export const chooseOut: CommandAction = async (context, input) => {
  const session = await openPatientSession(context)
  const charts = chosenCharts(session, input, () => true)
  const progress = await context.progress('Opting out')
  const sendings = charts.map((item) => ({ item, actor: chartActor(item), payload: {} }))
  const { done, failed } = await sendEach(context, session.client, optOut, sendings).finally(progress.stop)
  for (const { item, error } of failed) context.warn(`${item.compartment}: ${error.message} [${error.code}]`)
  const compartments = done.map(({ item }) => item.compartment).sort()
  return {
    json: { closed: compartments, ...summaryOf(done.map(({ transaction }) => transaction)) },
    text: `No emergency opens any more: ${compartments.join(', ')}. The custodians delete their shares.`,
    exitCode: failed.length > 0 ? EXIT.partly : EXIT.done,
  }
}

/** The patient leaves charts open to emergencies: the usual ones, or those of the compartments named. */
export const chooseIn: CommandAction = async (context, input) => {
  const session = await openPatientSession(context)
  const charts = chosenCharts(session, input, (compartment) => !isProtected(compartment as 'general'))
  const progress = await context.progress('Splitting keys')
  const { prepared, failed } = await prepareEpochs(
    { ...session, now: context.host.now },
    charts.flatMap(epochsOf),
  ).finally(progress.stop)
  for (const { chart, error } of failed)
    context.warn(`${chart.compartment}: ${error.message} [${error.code}]`)
  const [first] = failed
  if (prepared.length === 0 && first) throw first.error
  const compartments = [...new Set(prepared.map(({ chart }) => chart.compartment))].sort()
  return {
    json: { open: compartments, ...summaryOf(prepared.map(({ transaction }) => transaction)) },
    text: `Open to emergencies: ${compartments.join(', ')}.`,
    exitCode: failed.length > 0 ? EXIT.partly : EXIT.done,
  }
}
