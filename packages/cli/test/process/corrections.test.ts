// timeout: 300s
// Records that are corrected: moved to another compartment, replaced, withdrawn.
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'uvu'
import { equal, is, match, not, ok } from 'uvu/assert'
import { type Seat, startConsortium } from './local-consortium.ts'

const NORTH = 0
const SOUTH = 1

const LABORATORY = '"category":[{"coding":[{"code":"laboratory"}]}]'
// Spaces and a trailing zero, which only the exact bytes keep.
const misfiled = `{"resourceType":"Observation", "id":"o1","status":"final","code":{"text":"Viral load"},"valueQuantity":{"value":40.0},${LABORATORY}}`
const wrong = `{"resourceType":"Observation","id":"o2","status":"final","code":{"text":"Glucose"},"valueQuantity":{"value":54},${LABORATORY}}`
const right = `{"resourceType":"Observation","id":"o3","status":"final","code":{"text":"Glucose"},"valueQuantity":{"value":5.4},${LABORATORY}}`

interface Row {
  readonly id: string
  readonly title: string
  readonly compartment: string
  readonly state: string
  readonly supersededBy: string | null
}

interface Moved {
  readonly id: string
  readonly movedFrom: string
  readonly isNew: boolean
  readonly couldRead: readonly { readonly grantee: string; readonly isRevoked: boolean }[]
}

const consortium = await startConsortium()
test.after(consortium.close)
const { folder, enrol } = consortium
const maria = await enrol('maria', 'patient', NORTH)
const clinician = await enrol('clinician', 'practitioner', NORTH)
const doctor = await enrol('doctor', 'practitioner', SOUTH)
const specialist = await enrol('specialist', 'practitioner', SOUTH)

const idOf = new Map<string, string>()
const id = (text: string): string => idOf.get(text) ?? ''

const failure = async (who: Seat, ...argv: string[]): Promise<string> => {
  const { exitCode, out } = await who.run(...argv, '--json')
  return `${exitCode} ${JSON.parse(out).error?.code}`
}

const listed = async (who: Seat, ...argv: string[]): Promise<readonly Row[]> =>
  (await who.ask<{ records: Row[] }>('records', ...argv)).records

test('three results stand in the laboratory', async () => {
  for (const [index, text] of [misfiled, wrong, right].entries()) {
    const file = path.join(folder, `result-${index}.json`)
    await writeFile(file, text)
    const imported = ['record', 'import', file, '--subject', maria.did, '--compartment', 'laboratory']
    const { records } = await clinician.ask<{ records: Row[] }>(...imported)
    idOf.set(text, records[0]?.id ?? '')
  }
  await maria.ask('grant', doctor.did, '--compartment', 'laboratory', '--until', '30d')
  await maria.ask('grant', specialist.did, '--compartment', 'hiv', '--until', '30d')
  is((await listed(doctor, '--subject', maria.did)).length, 3)
})

test('nobody but the author’s institution corrects', async () => {
  const move = ['record', 'move', id(misfiled), '--compartment', 'hiv']
  is(await failure(maria, ...move), '3 records.not-author')
  is(await failure(doctor, ...move), '3 records.not-author')
  is(await failure(doctor, 'record', 'supersede', id(wrong)), '3 records.not-author')
  const home = ['record', 'move', id(misfiled), '--compartment', 'laboratory', '--subject', maria.did]
  is(await failure(clinician, ...home), '2 usage.compartment')
})

let moved: Moved

test('a moved record is the same to the byte, and opens for grantees of the new compartment alone', async () => {
  const move = ['record', 'move', id(misfiled), '--compartment', 'hiv', '--subject', maria.did]
  moved = await clinician.ask<Moved>(...move)
  equal([moved.movedFrom, moved.isNew], [id(misfiled), true])
  ok(moved.couldRead.some(({ grantee }) => grantee === doctor.did))
  not.ok(moved.couldRead.some(({ grantee }) => grantee === specialist.did))
  for (const reader of [specialist, maria]) is((await reader.run('record', 'show', moved.id)).out, misfiled)
  is(await failure(doctor, 'record', 'show', moved.id), '3 consent.none')
  is(await failure(specialist, 'record', 'show', id(misfiled)), '3 consent.none')
  const again = await clinician.ask<Moved>(...move)
  equal([again.id, again.isNew], [moved.id, false])
  const other = ['record', 'move', id(misfiled), '--compartment', 'notes', '--subject', maria.did, '--json']
  const elsewhere = await clinician.run(...other)
  const told = JSON.parse(elsewhere.out) as Row
  equal([elsewhere.exitCode, told.id, told.compartment], [8, moved.id, 'hiv'])
  equal(
    (await listed(specialist, '--subject', maria.did, '--all')).map((row) => [row.id, row.title]),
    [[moved.id, 'Observation: Viral load']],
  )
})

test('where it stood, lists leave it out, and whoever opens it is told', async () => {
  equal(
    (await listed(doctor, '--subject', maria.did)).map((row) => row.id).sort(),
    [id(wrong), id(right)].sort(),
  )
  const all = await listed(doctor, '--subject', maria.did, '--all')
  const old = all.find((row) => row.id === id(misfiled))
  equal([old?.state, old?.supersededBy], ['withdrawn', null])
  const { exitCode, out, err } = await doctor.run('record', 'show', id(misfiled))
  equal([exitCode, out], [0, misfiled])
  match(err, /withdrew this record/)
})

test('a newer result replaces a wrong one, for good', async () => {
  const replace = ['record', 'supersede', id(wrong), '--by', id(right)]
  const { state } = await clinician.ask<{ state: string }>(...replace)
  is(state, 'replaced')
  const shown = await doctor.ask<Row>('record', 'show', id(wrong))
  equal([shown.state, shown.supersededBy], ['replaced', id(right)])
  is(await failure(clinician, 'record', 'supersede', id(wrong)), '1 records.superseded')
  is(await failure(clinician, 'record', 'move', id(wrong), '--compartment', 'hiv'), '1 records.superseded')
  const elsewhere = ['record', 'supersede', id(right), '--by', moved.id]
  is(await failure(clinician, ...elsewhere), '4 records.unknown-successor')
  equal(
    (await listed(maria)).map((row) => [row.id, row.state]).sort(),
    [
      [id(right), 'current'],
      [moved.id, 'current'],
    ].sort(),
  )
})

test('an export holds what is current, and the rest apart when it is asked for', async () => {
  interface Manifest {
    readonly records: readonly { readonly id: string; readonly file: string; readonly state?: string }[]
    readonly output: readonly { readonly type: string; readonly count: number }[]
  }
  const exported = async (name: string, ...more: string[]) => {
    const out = path.join(folder, name)
    const { superseded } = await maria.ask<{ superseded: number }>('export', '--out', out, ...more)
    const manifest = JSON.parse(await readFile(path.join(out, 'manifest.json'), 'utf8')) as Manifest
    const shown = manifest.output
      .filter(({ type }) => type !== 'Consent')
      .reduce((sum, { count }) => sum + count, 0)
    const ids = (isCurrent: boolean) =>
      manifest.records.flatMap((each) => ((each.state === undefined) === isCurrent ? [each.id] : [])).sort()
    return { superseded, shown, current: ids(true), old: ids(false) }
  }
  const current = [id(right), moved.id].sort()
  equal(await exported('current'), { superseded: 2, shown: 2, current, old: [] })
  const old = [id(wrong), id(misfiled)].sort()
  equal(await exported('everything', '--all'), { superseded: 0, shown: 2, current, old })
})

test.run()
