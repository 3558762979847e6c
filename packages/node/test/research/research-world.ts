import { bytesFromText, ok, queryRun, type Result } from '@medchain/core'
import { createOwnReader } from '../../src/disclosure/own-reader.ts'
import { nodeCiphers } from '../../src/keystore/index.ts'
import { mountResearch, type Research, type ResearchMount } from '../../src/research/index.ts'
import { anchorsFrom } from '../disclosure/reading.ts'
import { type Consortium, createConsortium, type TestActor, type TestNode } from '../requests/consortium.ts'

export const HOSPITAL = 0
export const INSTITUTE = 3

export interface ResearchWorld extends Consortium {
  readonly research: readonly Research[]
  /** What the node at an index reads for its index and deliveries, as it happens. */
  readonly readings: { readonly at: number; readonly records: number }[]
  readonly query: (at: number, actor: TestActor, question: object) => Promise<Result<Answer>>
}

export interface Answer {
  readonly count?: number | null
  readonly subjects: number
  readonly incomplete: number
  readonly rows?: readonly unknown[]
}

const readerOf = (
  world: Consortium,
  { ports, privacy }: TestNode,
  note: (records: number) => void,
): ResearchMount['read'] => {
  const read = createOwnReader(ports, (body) => privacy.answer(body), anchorsFrom(world), privacy.proofsOf)
  return async (chart, recordIds, purpose) => {
    note(recordIds.length)
    const found = await read(chart, recordIds, purpose)
    return new Map(
      [...found].map(([name, result]) => {
        if (!result.ok) return [name, result] as const
        const { bytes = new Uint8Array(0), header } = result.value
        return [name, ok({ bytes, mediaType: header.mediaType })] as const
      }),
    )
  }
}

/** A consortium in memory whose nodes also broker, receive and answer queries. */
export const createResearchWorld = async (
  ...options: Parameters<typeof createConsortium>
): Promise<ResearchWorld> => {
  const world = await createConsortium(...options)
  const readings: ResearchWorld['readings'][number][] = []
  const research = world.nodes.map((node, at) => {
    const secret = nodeCiphers.randomBytes(32)
    const { ports, privacy } = node
    return mountResearch({
      ports,
      dispatcher: privacy.dispatcher,
      exchange: privacy.exchange,
      onEvents: world.chain.onEvents,
      directoryCharts: privacy.people.all,
      proofsOf: privacy.proofsOf,
      read: readerOf(world, node, (records) => readings.push({ at, records })),
      pseudonymize: (message) => nodeCiphers.hmacSha256(secret, message),
    })
  })
  for (const each of research) each.start()
  return {
    ...world,
    research,
    readings,
    async query(at, actor, question) {
      const answer = await world.ask(at, actor, queryRun, { json: JSON.stringify(question) })
      return answer.ok ? { ok: true, value: JSON.parse(answer.value.json) as Answer } : answer
    },
    async close() {
      for (const each of research) await each.close()
      await world.close()
    },
  }
}

/** A condition as FHIR writes it, with the code `x`. */
export const conditionOf = (id: string): Uint8Array =>
  bytesFromText(
    JSON.stringify({
      resourceType: 'Condition',
      id,
      code: { coding: [{ system: 'http://s', code: 'x' }] },
      subject: { reference: 'Patient/p' },
    }),
  )

export const until = async (what: string, condition: () => boolean | Promise<boolean>): Promise<void> => {
  for (let turn = 0; turn < 400; turn++) {
    if (await condition()) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`never: ${what}`)
}
