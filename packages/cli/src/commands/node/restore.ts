import path from 'node:path'
import { networkIdFromFingerprint, restoreHome } from '@medchain/node'
import { fail, valueOrFail } from '../../command-error.ts'
import { factsText } from '../../format/table.ts'
import { rfc3339 } from '../../format/time.ts'
import { type CommandAction, textOption } from '../command-spec.ts'

/** Makes this home, which must be empty, from a backup. */
export const restoreNode: CommandAction = async (context, input) => {
  const { home, isHomeNamed } = context.options
  if (!isHomeNamed) {
    return fail(
      'usage.missing-option',
      'A restore makes a whole home, and no folder is named for it.',
      `Name it with --home DIR; ${home} is restored into only when it is named.`,
    )
  }
  const [given] = input.args
  const file = path.resolve(given ?? fail('usage.missing-argument', 'The restore needs a FILE.'))
  const fingerprint = textOption(input, 'fingerprint')
  const networkId = fingerprint === undefined ? undefined : valueOrFail(networkIdFromFingerprint(fingerprint))
  const interruption = new AbortController()
  void context.untilInterrupted().then(() => interruption.abort())
  const progress = await context.progress('Restoring')
  try {
    const restored = valueOrFail(
      await restoreHome({ file, home, ...(networkId && { networkId }), signal: interruption.signal }),
    )
    const { height, createdMs } = restored
    return {
      json: { home, ...restored },
      text: `${factsText([
        ['Home', home],
        ['Institution', restored.institutionName],
        ['Network', restored.networkName],
        ['Fingerprint', restored.fingerprint],
        ['Height', String(height)],
        ['Made', rfc3339(createdMs)],
      ])}

Compare the fingerprint, put the passphrase in its place, see that no other process runs with these keys, and start
the node. It fetches what came after, and votes again above what the others report: it cannot sign twice.`,
    }
  } finally {
    progress.stop()
  }
}
