import {
  EVIDENCE_MAX,
  type EvidenceRecord,
  evidenceAgainst,
  hexFromBytes,
  presentEvidence,
  type ReadView,
} from '@medchain/core'
import type { NodeServices } from '../api/index.ts'
import { ownTransaction } from './own-transaction.ts'

/** Of one validator at one height the chain takes one. */
const nameOf = ({ institution, height }: EvidenceRecord): string => `${hexFromBytes(institution)} ${height}`

/** What the rules say for good; anything else is tried again. */
const isFinal = (code: string): boolean => code.startsWith('evidence.') && code !== 'evidence.too-far-ahead'

const isOnChain = (view: ReadView, { institution, height }: EvidenceRecord): boolean => {
  const entries = evidenceAgainst(view, institution)
  return entries.length >= EVIDENCE_MAX || entries.some((entry) => entry.height === height)
}

export interface EvidencePresentation {
  readonly add: (record: EvidenceRecord) => void
  /** Presents the next record that is not on the chain; called after every block. */
  readonly consider: () => void
  readonly waiting: () => number
}

type Parts = Pick<NodeServices, 'ledger' | 'networkId' | 'institution' | 'signer' | 'clock' | 'logger'>

/** Brings evidence of equivocation onto the chain, each record once (consensus Q61). */
export const createEvidencePresentation = (parts: Parts): EvidencePresentation => {
  const { ledger, logger } = parts
  const waiting = new Map<string, EvidenceRecord>()
  let isSpeaking = false

  const present = async (name: string, record: EvidenceRecord): Promise<void> => {
    const { kind, first, second, institution, height } = record
    const transaction = ownTransaction(parts, presentEvidence, { kind, first, second, institution })
    const presented = await ledger.submit(transaction)
    if (presented.ok) logger.info({ height, kind }, 'evidence of equivocation is on the chain')
    else logger.debug({ height, kind, code: presented.code }, presented.message)
    if (presented.ok || isFinal(presented.code)) waiting.delete(name)
  }

  const next = (): readonly [string, EvidenceRecord] | undefined => {
    const view = ledger.view()
    for (const [name, record] of waiting) {
      if (!isOnChain(view, record)) return [name, record]
      waiting.delete(name)
    }
    return undefined
  }

  return {
    add: (record) => {
      if (!waiting.has(nameOf(record))) waiting.set(nameOf(record), record)
    },
    consider: () => {
      if (isSpeaking || waiting.size === 0 || ledger.status().syncing) return
      const found = next()
      if (!found) return
      isSpeaking = true
      void present(...found).finally(() => {
        isSpeaking = false
      })
    },
    waiting: () => waiting.size,
  }
}
