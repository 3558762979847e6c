// Where records go: the compartment that was named, unless the record's own label is stricter.
import path from 'node:path'
import type { Compartment } from '@medchain/core'
import { test } from 'uvu'
import { equal } from 'uvu/assert'
import type { CommandError } from '../../src/command-error.ts'
import type { FoundFile } from '../../src/importing/find-files.ts'
import { type ImportPlan, itemsOfFile } from '../../src/importing/items-of-file.ts'
import { withFolder } from './temporary-folder.ts'

const LABORATORY =
  '{"resourceType":"Observation","id":"o1","status":"final","category":[{"coding":[{"system":' +
  '"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],"code":{"text":"x"}}'
const HIV =
  '{"resourceType":"Condition","id":"c1","meta":{"security":[{"system":' +
  '"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]},"code":{"text":"x"}}'

const placesOf = async (
  folder: string,
  name: string,
  plan: Partial<ImportPlan>,
): Promise<readonly string[]> => {
  const file: FoundFile = { path: path.join(folder, name), sizeBytes: 100, form: 'json', isCompressed: false }
  const whole = {
    person: new Uint8Array(32),
    compartment: 'auto',
    mediaType: undefined,
    ...plan,
  } as ImportPlan
  const places: string[] = []
  for await (const { items } of itemsOfFile(whole, file))
    places.push(...items.map((item) => item.compartment))
  return places
}

const cases: readonly (readonly [string, Compartment | 'auto', string | undefined, Compartment])[] = [
  ['laboratory.json', 'auto', undefined, 'laboratory'],
  ['laboratory.json', 'imaging', undefined, 'imaging'],
  ['laboratory.json', 'hiv', undefined, 'hiv'],
  ['hiv.json', 'laboratory', undefined, 'hiv'],
  ['scan.pdf', 'auto', 'application/pdf', 'general'],
  ['scan.pdf', 'imaging', 'application/pdf', 'imaging'],
  ['scan.pdf', 'general', 'image/png', 'general'],
]

test('the compartment that was named, unless the label of the record is stricter', () =>
  withFolder({ 'laboratory.json': LABORATORY, 'hiv.json': HIV, 'scan.pdf': '%PDF-1.4' }, async (folder) => {
    for (const [name, compartment, mediaType, expected] of cases)
      equal(
        await placesOf(folder, name, { compartment, mediaType }),
        [expected],
        `${name} ${compartment} ${mediaType}`,
      )
  }))

test('a file that is no FHIR names the option that takes it', () =>
  withFolder({ 'scan.pdf': '%PDF-1.4' }, async (folder) => {
    const refused = await placesOf(folder, 'scan.pdf', {}).catch((error: CommandError) => [
      error.code,
      error.message,
    ])
    equal(refused, [
      'json.syntax',
      'The file holds no FHIR; --media-type TYPE takes a file of any kind as it is.',
    ])
  }))

test.run()
