import { PassThrough } from 'node:stream'
import { createCommandContext } from '../../packages/cli/src/command-context.ts'
import { readGlobalOptions } from '../../packages/cli/src/global-options.ts'
import { actAs } from '../../packages/cli/src/reading/acting.ts'
import { candidatesOf } from '../../packages/cli/src/reading/candidates.ts'
import { openReadingPlace, readCandidates } from '../../packages/cli/src/reading/read-candidates.ts'
import { findReadableCharts } from '../../packages/cli/src/reading/readable-charts.ts'
import type { BenchPerson } from './bench-people.ts'

/**
 * Opens the person's wallet once and gives what reads one record after the other, each by a statement of its own,
 * both legs, opened and checked in this process.
 */
export const createReader = async ({
  home,
  url,
  passphraseFile,
}: BenchPerson): Promise<() => Promise<void>> => {
  const host = {
    env: {},
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    homeFolder: home,
    now: Date.now,
  }
  const context = createCommandContext(host, readGlobalOptions(host, { home, node: url, passphraseFile }))
  const acting = await actAs(context)
  const charts = await findReadableCharts(context, acting, undefined)
  const candidates = (await Promise.all(charts.map((chart) => candidatesOf(acting.client, chart)))).flat()
  const place = await openReadingPlace(acting)
  let next = 0
  return async () => {
    const candidate = candidates[next++ % candidates.length]
    if (candidate === undefined) throw new Error('there is nothing to read')
    for await (const { result } of readCandidates(place, [candidate], 'read', 'PATRQT')) {
      if (!result.ok) throw new Error(`a record was refused: ${result.code}`)
    }
  }
}
