import { equalBytes } from '@medchain/core'
import { provenMembers } from '../client/proven-members.ts'
import type { CommandContext } from '../command-context.ts'
import type { Acting } from '../reading/acting.ts'
import { idOfDid } from '../reading/chain-facts.ts'
import type { GatheredKeys } from './gather-shares.ts'

const WHAT: Readonly<Record<string, string>> = {
  'share.false': 'gave a share that is false',
  'share.missing': 'holds no share',
}

/** Names custodians that gave nothing or something false, and epochs that stayed shut. */
export const tellFaults = async (
  context: CommandContext,
  { client }: Pick<Acting, 'client'>,
  { faults, missing }: Pick<GatheredKeys, 'faults' | 'missing'>,
): Promise<void> => {
  if (faults.length === 0 && missing.length === 0) return
  const members = await provenMembers(client)
  for (const { custodian, code } of faults) {
    const name = members.find(({ did }) => equalBytes(idOfDid(did), custodian))?.name ?? 'A custodian'
    context.warn(`${name} ${WHAT[code] ?? 'released no share'} [${code}]`)
  }
  for (const { epoch, code } of missing)
    context.warn(
      `What was written under key ${epoch + 1} of a chart stays shut: too few custodians [${code}]`,
    )
}
