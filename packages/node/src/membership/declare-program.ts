import { declareProgram, part2Programs } from '@medchain/core'
import type { NodeServices } from '../api/index.ts'
import { ownTransaction } from './own-transaction.ts'

/** Between two attempts that the chain did not take. */
const RETRY_MS = 5000

type Parts = Pick<
  NodeServices,
  'ledger' | 'networkId' | 'institution' | 'signer' | 'clock' | 'logger' | 'config'
>

/**
 * Declares the institution a programme under 42 CFR Part 2 when node.json says that it is one and the chain does not.
 * `consider` is called after every block.
 */
export const createProgramDeclaration = (parts: Parts): { readonly consider: () => void } => {
  const { ledger, institution, clock, config, logger } = parts
  let triedAtMs = Number.NEGATIVE_INFINITY
  const speak = async (): Promise<void> => {
    const said = await ledger.submit(ownTransaction(parts, declareProgram, {}))
    if (said.ok) logger.info({}, 'this institution declared itself a programme under 42 CFR Part 2')
    else logger.debug({ code: said.code }, said.message)
  }
  return {
    consider: () => {
      if (!config.part2Program || ledger.status().syncing) return
      if (clock.now() - triedAtMs < RETRY_MS || ledger.view().get(part2Programs, institution)) return
      triedAtMs = clock.now()
      void speak()
    },
  }
}
