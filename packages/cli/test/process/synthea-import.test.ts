// timeout: 600s
// All Synthea charts of the sample data: every resource once, in time, in bounded memory.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { testData } from '../../../../test/data.ts'
import { INSTITUTIONS, type LocalNetwork, startNetwork } from '../../../../test/harness/local-network.ts'
import {
  eachOf,
  enrol,
  type ImportReport,
  importFiles,
  listRecords,
  type Person,
} from '../../../../test/harness/people.ts'
import { notRun } from '../../../../test/not-run.ts'

const CHARTS = 38
// On two cores of a quiet machine; a noisy one gets twice the time.
const SECONDS_TARGET = 120
const SECONDS_MAX = 240
const RSS_ANON_MIB_MAX = 600

interface Patient extends Person {
  readonly file: string
  readonly resources: number
}

const chartsOf = (folder: string): { file: string; resources: number }[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json.gz'))
    .map((name) => path.join(folder, name))
    .map((file) => ({ file, bundle: JSON.parse(gunzipSync(readFileSync(file)).toString()) }))
    .filter(({ bundle }) => bundle.entry[0].resource.resourceType === 'Patient')
    .map(({ file, bundle }) => ({ file, resources: bundle.entry.length as number }))

/** Highest RssAnon of each daemon while the work goes on, in MiB. */
const watchMemory = (network: LocalNetwork) => {
  const highest = new Map<string, number>()
  const look = (): void => {
    for (const name of INSTITUTIONS) {
      const pid = network.pidOf(name)
      if (pid === undefined) continue
      const kib = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      highest.set(name, Math.max(highest.get(name) ?? 0, Number(kib) / 1024))
    }
  }
  look()
  const timer = setInterval(look, 250)
  return {
    highest,
    stop: () => clearInterval(timer),
  }
}

let network_: LocalNetwork | undefined
test.after(() => network_?.remove())

const importAll = (clinician: Person, patients: readonly Patient[]): Promise<ImportReport[]> =>
  eachOf(patients, (patient) => importFiles(clinician, patient, [patient.file], { timeoutMs: 240_000 }))

const folder = testData('fhir-patients/synthea-2019-transaction-bundles')
if (folder === undefined) notRun('the Synthea charts are not on this machine')
else if (process.platform !== 'linux') notRun('memory is read from /proc')
else
  test('all Synthea charts: no resource lost, none twice, in time and in bounded memory', async () => {
    const charts = chartsOf(folder)
    equal(charts.length, CHARTS)
    const total = charts.reduce((sum, { resources }) => sum + resources, 0)
    const network = await startNetwork()
    network_ = network
    const clinician = await enrol(network, 'north-hospital', 'practitioner', 'clinician')
    const patients = await eachOf(charts, async (chart, index) => ({
      ...(await enrol(network, 'north-hospital', 'patient', `patient-${index + 1}`)),
      ...chart,
    }))

    const memory = watchMemory(network)
    const started = performance.now()
    const reports = await importAll(clinician, patients)
    const seconds = (performance.now() - started) / 1000
    memory.stop()
    const rss = [...memory.highest].map(([name, mib]) => `${name} ${Math.round(mib)} MiB`).join(', ')
    console.log(`# ${total} resources in ${seconds.toFixed(1)} s (target ${SECONDS_TARGET} s); ${rss}`)

    for (const [index, { imported, skipped, failed }] of reports.entries())
      equal([imported, skipped, failed], [patients[index]?.resources, 0, []], patients[index]?.file)
    const ids = reports.flatMap(({ records }) => records.map(({ id }) => id))
    equal([ids.length, new Set(ids).size], [total, total])
    for (const patient of patients.slice(0, 3))
      equal((await listRecords(patient)).length, patient.resources, patient.file)

    const again = await importAll(clinician, patients)
    equal(
      again.map(({ imported, skipped }) => [imported, skipped]),
      patients.map(({ resources }) => [0, resources]),
    )
    ok(seconds < SECONDS_MAX, `the import took ${seconds.toFixed(1)} s`)
    for (const [name, mib] of memory.highest)
      ok(mib < RSS_ANON_MIB_MAX, `${name} used ${Math.round(mib)} MiB of its own memory`)
  })

test.run()
