import { anchorEmergency, emergencies, hexFromBytes } from '@medchain/core'
import { HEAD_AGE_MS_MAX } from '../disclosure/fresh-head.ts'
import { institutionTransaction } from '../requests/institution-transaction.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { createRepeating, type Repeating } from '../requests/repeating.ts'
import type { HaltedDeclarations } from './halted-declarations.ts'

const FIRST_MS = 1000
const LONGEST_MS = 5000

/**
 * Brings every declaration that this node accepted in a halt onto the chain once blocks come again, whoever else does
 * so too, and forgets what the chain has (BG13).
 */
export const createHaltedAnchoring = (ports: PrivacyPorts, kept: HaltedDeclarations): Repeating => {
  const { chain, clock, logger } = ports
  const isHalted = (): boolean => clock.wallMs() - chain.head().timeMs > HEAD_AGE_MS_MAX
  const has = (id: Uint8Array): boolean => chain.head().view.get(emergencies, id) !== undefined

  const anchorAll = async (): Promise<boolean> => {
    for (const { id, declaration, byDeclarer, byCoSigner } of kept.all()) {
      if (!has(id) && !isHalted()) {
        const transaction = institutionTransaction(ports, anchorEmergency, {
          declaration,
          byDeclarer,
          byCoSigner,
        })
        const anchored = await chain.submit(transaction)
        if (anchored.ok)
          logger.info({ id: hexFromBytes(id) }, 'an emergency declared in a halt is on the chain')
        else if (!has(id))
          logger.warn(
            { id: hexFromBytes(id), code: anchored.code },
            'an emergency declared in a halt is not on the chain yet; it is tried again',
          )
      }
      if (has(id)) await kept.remove(id)
    }
    return kept.all().length > 0
  }
  return createRepeating(
    ports,
    'anchoring of emergencies declared in a halt',
    FIRST_MS,
    LONGEST_MS,
    anchorAll,
  )
}
