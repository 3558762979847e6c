import { randomInt } from 'node:crypto'
import {
  type ChartEntry,
  type Committed,
  type Compartment,
  type CoSigned,
  chartIdOf,
  chartRegistrationSchema,
  charts as chartTable,
  decode,
  equalBytes,
  ok,
  type Result,
  transactionId,
} from '@medchain/core'
import { isUncertain } from '../requests/codes.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { checkCoSigned, coSign } from './co-sign.ts'
import { refuseDirectory } from './codes.ts'
import { admit, type SponsorPolicy } from './invites.ts'
import type { PersonCharts } from './person-charts.ts'

const KIND = 'identity.register-chart'

type Ports = Pick<PrivacyPorts, 'chain' | 'self' | 'verifier'>

export interface ChartToRegister {
  readonly compartment: Compartment
  readonly registration: CoSigned
}

const shuffled = <T>(items: readonly T[]): T[] => {
  const out = [...items]
  for (let last = out.length - 1; last > 0; last--) {
    const other = randomInt(last + 1)
    const kept = out[last] as T
    out[last] = out[other] as T
    out[other] = kept
  }
  return out
}

const checkChart = ({ compartment, registration }: ChartToRegister, ports: Ports): Result<ChartEntry> => {
  const payload = decode(chartRegistrationSchema, registration.body.payload)
  if (!payload.ok) return refuseDirectory('directory.registration', payload.message)
  const chart = chartIdOf(payload.value)
  if (!equalBytes(chart, registration.signer))
    return refuseDirectory('directory.registration', 'another signer')
  const checked = checkCoSigned(registration, KIND, payload.value.controllerKey, ports)
  return checked.ok ? ok({ compartment, chart }) : checked
}

const checkAll = (given: readonly ChartToRegister[], ports: Ports): Result<readonly ChartEntry[]> => {
  const entries: ChartEntry[] = []
  for (const each of given) {
    const entry = checkChart(each, ports)
    if (!entry.ok) return entry
    const isDouble = entries.some(
      ({ compartment, chart }) =>
        compartment === entry.value.compartment || equalBytes(chart, entry.value.chart),
    )
    if (isDouble) return refuseDirectory('directory.registration', 'a compartment stands there twice')
    entries.push(entry.value)
  }
  return entries.length > 0 ? ok(entries) : refuseDirectory('directory.registration', 'no chart')
}

const clashes = (known: readonly ChartEntry[], entries: readonly ChartEntry[]): boolean =>
  known.some((old) =>
    entries.some(
      ({ compartment, chart }) => old.compartment === compartment && !equalBytes(old.chart, chart),
    ),
  )

/** What registered a chart can be read on the chain by all: whose it is, only the first who brings it says. */
const isOfAnother = async (
  { chain }: Pick<Ports, 'chain'>,
  directory: PersonCharts,
  entries: readonly ChartEntry[],
  person: Uint8Array,
): Promise<boolean> => {
  const { view } = chain.head()
  const present = entries.filter(({ chart }) => view.get(chartTable, chart) !== undefined)
  if (present.length === 0) return false
  return (await directory.all()).some(
    (known) =>
      !equalBytes(known.person, person) && present.some(({ chart }) => equalBytes(chart, known.chart)),
  )
}

/**
 * Sponsors a patient's charts: one transaction each, in an order that says nothing, and the directory entry
 * before any of them, so that no chart on the chain is lost to it. Answers in the order asked.
 */
export const registerChartsWith = (
  ports: Ports,
  policy: SponsorPolicy,
  invites: string,
  directory: PersonCharts,
) => {
  const submit = async ({ registration }: ChartToRegister, chart: Uint8Array): Promise<Result<Committed>> => {
    const known = ports.chain.head().view.get(chartTable, chart)
    if (known) return ok({ txId: transactionId(registration.body), height: known.registeredHeight })
    return ports.chain.submit(coSign(registration, ports.self))
  }

  return async (
    { charts, token }: { readonly charts: readonly ChartToRegister[]; readonly token: string | undefined },
    person: Uint8Array,
  ): Promise<Result<readonly Committed[]>> => {
    const entries = checkAll(charts, ports)
    if (!entries.ok) return entries
    const known = await directory.of(person)
    if (!known.ok) return known
    const isOthers = await isOfAnother(ports, directory, entries.value, person)
    if (isOthers || clashes(known.value, entries.value)) return refuseDirectory('directory.exists')
    const admission = known.value.length > 0 ? undefined : await admit(policy, invites, 'patient', token)
    if (admission?.ok === false) return admission
    const noted = await directory.add(person, entries.value)
    if (!noted.ok) return noted
    const order = shuffled([...charts.keys()])
    const outcomes = await Promise.all(
      order.map(async (position) => ({
        position,
        result: await submit(
          charts[position] as ChartToRegister,
          (entries.value[position] as ChartEntry).chart,
        ),
      })),
    )
    const failed = outcomes.find(({ result }) => !result.ok)
    if (failed && !failed.result.ok) {
      const isForGood = outcomes.every(({ result }) => !result.ok && !isUncertain(result.code))
      if (isForGood && admission) {
        // Whoever is in the directory needs no token any more.
        await directory.remove(person)
        await admission.value.giveBack()
      }
      return failed.result
    }
    return ok(
      outcomes
        .sort((a, b) => a.position - b.position)
        .flatMap(({ result }) => (result.ok ? [result.value] : [])),
    )
  }
}
