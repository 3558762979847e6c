import { ask } from '../../test/harness/run-medchain.ts'
import { type BenchNetwork, startBenchNetwork } from '../network/bench-network.ts'
import type { Pace } from '../scenarios/scenario.ts'
import { type BenchPerson, enrolPerson, writeCharts } from './bench-people.ts'

const RESOURCES = 5_000
const QUICK_RESOURCES = 1_500
const IMPORT_TIMEOUT_MS = 600_000

/** What one `medchain record import` of many bundles took: encrypted, with both holder sets, anchored. */
export interface ImportCost {
  readonly resources: number
  /** Start of the command included. */
  readonly seconds: number
}

/** A network with a clinician and a patient, and what is done there once for several scenarios. */
export interface PeopleStage {
  readonly network: BenchNetwork
  readonly people: () => Promise<{ readonly author: BenchPerson; readonly subject: BenchPerson }>
  readonly importOnce: () => Promise<ImportCost>
  readonly close: () => Promise<void>
}

const once = <T>(work: () => Promise<T>): (() => Promise<T>) => {
  let result: Promise<T> | undefined
  return () => {
    result ??= work()
    return result
  }
}

const startPeopleStage = async ({ isQuick, runtimeFlags }: Pace): Promise<PeopleStage> => {
  const network = await startBenchNetwork({ runtimeFlags })
  const people = once(async () => ({
    author: await enrolPerson(network, 'clinician', 'practitioner'),
    subject: await enrolPerson(network, 'patient', 'patient'),
  }))
  const importOnce = once(async () => {
    const { author, subject } = await people()
    const { folder, resources } = writeCharts(network.dir, isQuick ? QUICK_RESOURCES : RESOURCES)
    const command = ['record', 'import', folder, '--subject', subject.did]
    const startedAt = performance.now()
    const options = { timeoutMs: IMPORT_TIMEOUT_MS }
    const { imported } = await ask<{ readonly imported: number }>(author, command, options)
    const seconds = (performance.now() - startedAt) / 1000
    if (imported !== resources) throw new Error(`${imported} of ${resources} resources were imported`)
    return { resources, seconds }
  })
  return { network, people, importOnce, close: network.close }
}

export const withPeople = <R>(pace: Pace, work: (stage: PeopleStage) => Promise<R>): Promise<R> =>
  pace.lender.lend({ name: 'people', create: () => startPeopleStage(pace), work })
