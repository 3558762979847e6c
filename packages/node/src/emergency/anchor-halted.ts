import { anchorEmergency, emergencies, hexFromBytes } from '@medchain/core'
import { institutionTransaction } from '../requests/institution-transaction.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { createRepeating, type Repeating } from '../requests/repeating.ts'
import type { HaltedDeclarations, KeptDeclaration } from './halted-declarations.ts'

const FIRST_MS = 1000
const LONGEST_MS = 5000

/**
 * Brings every declaration that this node accepted in a halt onto the chain once blocks come again, whoever else does
 * so too, and forgets what the chain has (BG13).
 */
export const createHaltedAnchoring = (ports: PrivacyPorts, kept: HaltedDeclarations): Repeating => {
  const { chain, logger } = ports
  const has = (id: Uint8Array): boolean => chain.head().view.get(emergencies, id) !== undefined

  const anchor = async ({
    id,
    declaration,
    byDeclarer,
    byCoSigner,
  }: KeptDeclaration & { readonly id: Uint8Array }): Promise<void> => {
    if (has(id) || kept.isHalted()) return
    const payload = { declaration, byDeclarer, byCoSigner }
    const anchored = await chain.submit(institutionTransaction(ports, anchorEmergency, payload))
    if (anchored.ok) logger.info({ id: hexFromBytes(id) }, 'an emergency declared in a halt is on the chain')
    else if (!has(id))
      logger.warn(
        { id: hexFromBytes(id), code: anchored.code },
        'an emergency declared in a halt is not on the chain yet; it is tried again',
      )
  }

  // Side by side: one that another node was quicker with may keep this one waiting for as long as a commit may take.
  const anchorAll = async (): Promise<boolean> => {
    await Promise.all(kept.all().map(anchor))
    for (const { id } of kept.all()) if (has(id)) await kept.remove(id)
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
