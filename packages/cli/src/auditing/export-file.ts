import { access, readFile } from 'node:fs/promises'
import path from 'node:path'
import {
  certificateSchema,
  decode,
  didFromAccountId,
  encodeHandover,
  type Genesis,
  type Handover,
  headerSchema,
} from '@medchain/core'
import {
  type AuditExport,
  auditExportMessage,
  encodeAuditExport,
  encodeSignedExport,
  readGenesisFile,
  signatureVerifier,
  verifyAuditExport,
} from '@medchain/node'
import type { ProvenReading } from '../client/proven-view.ts'
import type { CommandContext } from '../command-context.ts'
import { fail, valueOrFail } from '../command-error.ts'
import { writeWhole } from '../reading/write-whole.ts'
import { institutionsIn, namesIn } from './actors.ts'
import type { GatheredChart } from './gather-logs.ts'
import type { AuditFindings } from './report.ts'
import { entriesOf, namedGap, namedPending } from './verify-logs.ts'

const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))

interface Exported {
  readonly networkId: Uint8Array
  readonly madeMs: number
  readonly handovers: readonly Handover[]
  readonly reading: ProvenReading<unknown>
  readonly charts: readonly GatheredChart[]
}

/** Everything that the check of an audit rests on, signed by each chart. */
const exportBytes = ({ networkId, madeMs, handovers, reading, charts }: Exported): Uint8Array => {
  const { head, entries } = reading
  const content: AuditExport = {
    madeMs,
    networkId,
    header: valueOrFail(decode(headerSchema, fromBase64(head.header))),
    certificate: valueOrFail(decode(certificateSchema, fromBase64(head.certificate))),
    handovers: handovers.map(encodeHandover),
    state: entries,
    charts: charts.map(({ own, chart, nodes }) => ({ chart, compartment: own.compartment, nodes })),
  }
  const encoded = encodeAuditExport(content)
  const message = auditExportMessage(encoded)
  const signatures = charts.map(({ own, chart }) => ({ chart, signature: own.actor.sign(message) }))
  return encodeSignedExport({ content: encoded, signatures })
}

/** Writes the export; an existing file is replaced only when the person agrees. */
export const writeAuditExport = async (
  context: CommandContext,
  target: string,
  exported: Exported,
): Promise<string> => {
  const file = path.resolve(target)
  const exists = await access(file).then(
    () => true,
    () => false,
  )
  if (exists && !(await context.confirm(`Replace ${file}?`)))
    return fail('file.exists', `${file} exists already.`, 'Name another file, or say --yes.')
  await writeWhole(file, exportBytes(exported))
  return file
}

const genesisIn = async (file: string): Promise<Genesis> => valueOrFail(await readGenesisFile(file))

/** What an export shows, and of when. */
export interface ExportFindings extends AuditFindings {
  /** Block time of the state that it is checked at: of what came later it says nothing. */
  readonly asOfMs: number
}

/** Checks an export with the genesis document alone; no node is asked. `audit.export-*`, `genesis.*`. */
export const verifyExportFile = async (file: string, genesisFile: string): Promise<ExportFindings> => {
  const genesis = await genesisIn(path.resolve(genesisFile))
  const bytes = new Uint8Array(await readFile(path.resolve(file)))
  const verified = valueOrFail(verifyAuditExport(bytes, genesis, signatureVerifier))
  const { view } = verified
  const charts = verified.charts.map(({ chart, audit }) => ({
    chart: chart.chart,
    did: didFromAccountId(chart.chart),
    compartment: chart.compartment,
    answers: chart,
    audit,
  }))
  const institutions = [
    ...new Map(
      charts.flatMap(({ answers }) => answers.nodes.map(({ node }) => [didFromAccountId(node), node])),
    ).values(),
  ]
  const actors = charts.flatMap(({ answers }) => entriesOf(answers).map(({ actor }) => actor))
  const names = namesIn(view, { institutions, actors, charts, patient: 'the patient', contacts: [] })
  const gaps = charts.flatMap((chart) => chart.audit.gaps.map((gap) => namedGap(gap, chart, names)))
  const away = new Set(gaps.filter(({ code }) => code === 'node.unreachable').map(({ node }) => node))
  return {
    charts,
    names,
    institutionOf: institutionsIn(view, actors),
    gaps,
    pending: charts.flatMap((chart) => namedPending(chart.audit, chart, names)),
    isVerified: gaps.length === 0,
    institutions: institutions.length - away.size,
    asOfMs: verified.export.header.timeMs,
  }
}
