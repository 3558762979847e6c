import { networkIdOf } from '@medchain/core'
import { examineHome, type Finding, fingerprintOf, readNodeConfig, signatureVerifier } from '@medchain/node'
import { localApiUrl } from '../../client/node-url.ts'
import { valueOrFail } from '../../command-error.ts'
import { EXIT } from '../../exit-code.ts'
import type { CommandAction } from '../command-spec.ts'
import { checkRunning } from './check-running.ts'
import { examinePrivateSide } from './examine-private.ts'
import { genesisOfHome } from './genesis-of-home.ts'
import { runningPid } from './node-process.ts'

const findingText = ({ code, where, message }: Finding): string => `✗ ${message} [${code}]\n  ${where}`

const owedText = (owed: readonly string[]): string =>
  `${owed.length === 1 ? 'One erasure is' : `${owed.length} erasures are`} due and not destroyed or not signed for here; ` +
  'the log says why, and the node goes on trying.'

/** Checks everything a node has stored; reads only, whether the daemon runs or not. */
export const examineNode: CommandAction = async (context) => {
  const { home } = context.options
  const config = valueOrFail(await readNodeConfig(home, context.host.env))
  const genesis = await genesisOfHome(home, config.genesis)
  const pid = await runningPid(home)
  const runningAt = pid === undefined ? undefined : localApiUrl(config.api)
  const progress = await context.progress('Checking what is stored')
  const findings: Finding[] = []
  const remarks: string[] = []
  let owed: readonly string[] = []
  try {
    for await (const finding of examineHome(home, genesis, signatureVerifier)) findings.push(finding)
    progress.update({ label: 'Checking vault and audit log' })
    const privateSide = await examinePrivateSide(context, config, runningAt)
    findings.push(...privateSide.findings)
    owed = privateSide.owed ?? []
    if (owed.length > 0) remarks.push(owedText(owed))
    if (privateSide.remark !== undefined) remarks.push(privateSide.remark)
  } finally {
    progress.stop()
  }
  if (runningAt === undefined) remarks.push('The daemon does not run; only what is stored was checked.')
  else remarks.push(...(await checkRunning(runningAt, context.host.now)).remarks)
  const isSound = findings.length === 0
  const verdict = isSound
    ? context.paint.good('Everything that is stored is as it was written.')
    : context.paint.bad(
        `${findings.length === 1 ? 'One thing is' : `${findings.length} things are`} damaged.`,
      )
  return {
    json: {
      home,
      fingerprint: fingerprintOf(networkIdOf(genesis)),
      running: pid !== undefined,
      ok: isSound,
      findings: findings.map(({ code, where, message }) => ({ code, where, message })),
      remarks,
      owedErasures: owed,
    },
    text: [...findings.map(findingText), ...remarks.map((remark) => `· ${remark}`), verdict].join('\n'),
    exitCode: isSound ? EXIT.done : EXIT.broken,
  }
}
