import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import path from 'node:path'
import {
  assignCompartments,
  type Compartment,
  headerFromResource,
  type SplitResource,
  strictest,
} from '@medchain/core'
import type { FoundFile } from './find-files.ts'
import { FHIR_JSON, type ImportItem, itemDigest } from './import-item.ts'
import type { ResourceSource } from './read-ahead.ts'
import { readResources } from './read-resources.ts'

export interface ImportPlan {
  /** The person's id, 32 bytes. */
  readonly person: Uint8Array
  readonly compartment: Compartment | 'auto'
  /** Where the author's institution puts what is not stricter by itself: a Part 2 programme's own compartment. */
  readonly atLeast?: Compartment | undefined
  /** Given for files that are a record each; absent for FHIR files. */
  readonly mediaType: string | undefined
}

export interface ItemPortion {
  readonly items: readonly ImportItem[]
  readonly failures: readonly { readonly code: string; readonly message: string }[]
}

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest())

/** The compartment that was named, unless the record's own label is stricter. */
const placeOf = ({ compartment, atLeast = 'general' }: ImportPlan, assigned: Compartment): Compartment =>
  // Of two that are equally strict the first holds: what was named goes before what was found out.
  compartment === 'auto' ? strictest(assigned, atLeast) : strictest(compartment, assigned)

const itemOfResource = (
  plan: ImportPlan,
  file: FoundFile,
  { bytes, resource, fullUrl }: SplitResource,
  assigned: Compartment,
): ImportItem => ({
  path: file.path,
  content: { type: 'bytes', bytes },
  sizeBytes: bytes.length,
  description: { ...headerFromResource(resource), mediaType: FHIR_JSON, fullUrl },
  compartment: placeOf(plan, assigned),
  digest: itemDigest(plan.person, sha256(bytes), FHIR_JSON),
})

const MEDIA_COMPARTMENTS: readonly (readonly [RegExp, Compartment])[] = [
  [/^(image\/|video\/|application\/dicom)/, 'imaging'],
  [/^(text\/x-vcf|application\/(vcf|x-vcf|bam|cram|x-bam))|fastq|fasta/, 'genomics'],
]

const compartmentOfMedia = (mediaType: string): Compartment =>
  MEDIA_COMPARTMENTS.find(([pattern]) => pattern.test(mediaType))?.[1] ?? 'general'

const itemOfWholeFile = async (plan: ImportPlan, file: FoundFile, mediaType: string): Promise<ImportItem> => {
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const chunk of createReadStream(file.path, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Buffer)
    sizeBytes += (chunk as Buffer).length
  }
  return {
    path: file.path,
    content: { type: 'file', path: file.path },
    sizeBytes,
    description: { resourceType: 'Binary', mediaType, title: path.basename(file.path).slice(0, 1000) },
    compartment: placeOf(plan, compartmentOfMedia(mediaType)),
    digest: itemDigest(plan.person, new Uint8Array(hash.digest()), mediaType),
  }
}

/** What a file holds, as records to be. Throws a CommandError when it cannot be read as a whole. */
export async function* itemsOfFile(
  plan: ImportPlan,
  file: FoundFile,
  resourcesOf: ResourceSource = readResources,
): AsyncGenerator<ItemPortion> {
  if (plan.mediaType !== undefined) {
    yield { items: [await itemOfWholeFile(plan, file, plan.mediaType)], failures: [] }
    return
  }
  for await (const { resources, failures } of resourcesOf(file)) {
    const assigned = assignCompartments(resources)
    const items = resources.map((resource, index) =>
      itemOfResource(plan, file, resource, assigned[index]?.compartment ?? 'general'),
    )
    yield { items, failures }
  }
}
