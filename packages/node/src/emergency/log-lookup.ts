import { decodeSignedRequest, ok, type Result, STALE_MARK, signingKeyOf } from '@medchain/core'
import type { Audit } from '../audit/create-audit.ts'
import { HEAD_AGE_MS_MAX } from '../disclosure/fresh-head.ts'
import type { RequestContext } from '../requests/dispatcher.ts'
import type { PrivacyPorts } from '../requests/ports.ts'

/** Writes to the log of each chart that it is about to be told to somebody who looks for it; ok once it is durable (BG15). */
export const logLookup = async (
  { chain, clock }: Pick<PrivacyPorts, 'chain' | 'clock'>,
  audit: Pick<Audit, 'log' | 'isReady'>,
  charts: readonly Uint8Array[],
  { actor, bytes }: Pick<RequestContext, 'actor' | 'bytes'>,
): Promise<Result<void>> => {
  const ready = audit.isReady()
  if (!ready.ok) return ready
  const decoded = decodeSignedRequest(bytes)
  if (!decoded.ok) return decoded
  const { statement, signature } = decoded.value.request
  const { view, height, timeMs } = chain.head()
  const key = signingKeyOf(view, actor)
  if (!key.ok) return key
  const loggedMs = clock.wallMs()
  for (const chart of charts) {
    const entry = await audit.log.append({
      chart,
      timeMs,
      height,
      leg: 'lookup',
      actor,
      purpose: 'BTG',
      basis: 'none',
      grantId: undefined,
      permitted: [],
      refused: [],
      code: 'permit',
      statement,
      signature,
      signingKey: key.value,
      loggedMs,
      reference: undefined,
      marks: loggedMs - timeMs > HEAD_AGE_MS_MAX ? [STALE_MARK] : [],
    })
    if (!entry.ok) return entry
  }
  return ok(undefined)
}
