import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { didFromAccountId, type PersonRole } from '@medchain/core'
import type { TestPerson } from '../../../node/test/requests/people.ts'
import type { ResearchWorld } from '../../../node/test/research/research-world.ts'
import { createCommandContext } from '../../src/command-context.ts'
import { CommandError } from '../../src/command-error.ts'
import { writeChart } from '../../src/commands/chart/chart.ts'
import type { CommandAction, CommandResult } from '../../src/commands/command-spec.ts'
import { runQuery } from '../../src/commands/query/query.ts'
import { showRecord } from '../../src/commands/record/show.ts'
import { listRecords } from '../../src/commands/records/list.ts'
import { readGlobalOptions } from '../../src/global-options.ts'
import type { OptionValues } from '../../src/option-spec.ts'
import { createIdentity } from '../../src/wallet/identity.ts'
import { openWallet } from '../../src/wallet/open-wallet.ts'
import type { OpenIdentity, Wallet } from '../../src/wallet/wallet.ts'
import { createMemoryClient } from './memory-client.ts'

/** What somebody sees of one patient through each command. */
export interface Reader {
  /** Ids that `records` lists, page by page, and how many pages there were. */
  readonly list: (
    purpose: string,
    limit: number,
    isAll: boolean,
  ) => Promise<{ ids: readonly string[]; pages: number }>
  /** Ids that `chart --out` writes. */
  readonly export: (purpose: string) => Promise<readonly string[]>
  /** Whether `record show` opens it. */
  readonly show: (id: string, purpose: string) => Promise<boolean>
  readonly count: () => Promise<number>
  /** Ids of the resources that `query` shows, page by page. */
  readonly query: (limit: number) => Promise<readonly string[]>
}

const openIdentityOf = (person: TestPerson, role: PersonRole): OpenIdentity => {
  const { inception, sealingSecret, sign } = person
  if (inception === undefined) throw new Error('a person without first keys')
  const identity = createIdentity('reader', role, inception)
  const secrets = { signingSeed: new Uint8Array(32), sealingSecret, salt: inception.salt, words: undefined }
  return { ...identity, secrets, actor: { id: identity.id, inception: undefined, sign } }
}

const walletOf = (identity: OpenIdentity, home: string): Wallet => ({
  ...openWallet({ home, chosen: undefined, passphrase: () => Promise.reject(new Error('asked')) }),
  list: async () => [],
  current: async () => identity,
  open: async () => identity,
})

const DENIED = /^(consent|record\.erased|research\.not-staff|identity)/

/** Commands as the program runs them, but for the words of the command line and the passphrase. */
export const createReader = (
  { world, folder }: { readonly world: ResearchWorld; readonly folder: string },
  { via, person, role }: { readonly via: number; readonly person: TestPerson; readonly role: PersonRole },
  { patient, query }: { readonly patient: Uint8Array; readonly query: string },
): Reader => {
  const wallet = walletOf(openIdentityOf(person, role), folder)
  const client = createMemoryClient(world, via)
  const streams = () => ({ stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() })
  const host = { ...streams(), env: {}, homeFolder: folder, now: world.clock.wallMs }
  const subject = didFromAccountId(patient)

  /** What the command prints; undefined where it was denied. */
  const run = async (
    action: CommandAction,
    args: readonly string[],
    options: OptionValues,
  ): Promise<CommandResult['json'] | undefined> => {
    const context = {
      ...createCommandContext(
        host,
        readGlobalOptions(host, { ...options, home: folder, json: true, quiet: true }),
      ),
      wallet: async () => wallet,
      client: async () => client,
    }
    try {
      return (await action(context, { args, options }))?.json
    } catch (error) {
      if (error instanceof CommandError && DENIED.test(error.code)) return undefined
      throw error
    }
  }
  const pages = async (page: (cursor: string | undefined) => Promise<CommandResult['json'] | undefined>) => {
    const found: CommandResult['json'][] = []
    let cursor: string | undefined
    do {
      const answer = await page(cursor)
      if (answer === undefined) break
      found.push(answer)
      cursor = (answer['next'] as string | null) ?? undefined
    } while (cursor !== undefined)
    return found
  }
  const records = (answer: CommandResult['json']) => answer['records'] as unknown as { id: string }[]
  return {
    async list(purpose, limit, isAll) {
      const found = await pages((cursor) =>
        run(listRecords, [], {
          subject,
          purpose,
          all: isAll,
          limit: String(limit),
          ...(cursor && { cursor }),
        }),
      )
      return { ids: found.flatMap(records).map(({ id }) => id), pages: found.length }
    },
    async export(purpose) {
      const out = path.join(folder, 'chart.json')
      const report = await run(writeChart, [subject], { out, purpose })
      if (report === undefined) return []
      const bundle = JSON.parse(await readFile(out, 'utf8')) as { readonly entry: readonly unknown[] }
      await rm(out)
      const written = report['written'] as readonly string[]
      return bundle.entry.length === written.length ? written : ['the report differs from what was written']
    },
    show: async (id, purpose) => (await run(showRecord, [id], { purpose })) !== undefined,
    async count() {
      const answer = await run(runQuery, [query], { purpose: 'HOPERAT', count: true })
      return Number(answer?.['count'] ?? 0)
    },
    async query(limit) {
      const found = await pages((cursor) =>
        run(runQuery, [query], {
          purpose: 'HOPERAT',
          limit: String(limit),
          ...(cursor && { cursor }),
        }),
      )
      return found.flatMap((answer) => answer['rows'] as unknown as { id: string }[]).map(({ id }) => id)
    },
  }
}
