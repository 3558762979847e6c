import { openRecovery, type ReadView } from '@medchain/core'
import type { PrivacyPorts } from '../requests/ports.ts'
import { ID_BYTES, type RecoveryValues } from './kept-values.ts'

const isOver = (view: ReadView, recoveryId: Uint8Array): boolean => {
  const recovery = openRecovery(view, recoveryId)
  return !recovery.ok && recovery.code === 'recover.closed'
}

/** Destroys what is kept of recoveries that were closed (RV8); answers how many there were. */
export const sweepClosed = async (
  { chain }: Pick<PrivacyPorts, 'chain'>,
  { shares, contents, given, entrusted }: RecoveryValues,
): Promise<number> => {
  const { view } = chain.head()
  let count = 0
  for (const recoveryId of contents.list()) {
    if (!isOver(view, recoveryId)) continue
    for (const position of given.list(recoveryId)) await given.erase(recoveryId, position)
    await shares.erase(recoveryId)
    await contents.erase(recoveryId)
    count++
  }
  for (const name of entrusted.list()) {
    const guardian = name.slice(0, ID_BYTES)
    const recoveryId = name.slice(ID_BYTES)
    if (!isOver(view, recoveryId)) continue
    await entrusted.erase(guardian, recoveryId)
    count++
  }
  return count
}
