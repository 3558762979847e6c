import path from 'node:path'
import { createBackup, nodePaths, readNodeConfig } from '@medchain/node'
import { fail, valueOrFail } from '../../command-error.ts'
import { sizeText } from '../../format/size.ts'
import { factsText } from '../../format/table.ts'
import type { CommandAction } from '../command-spec.ts'
import { genesisOfHome } from './genesis-of-home.ts'

/** Writes the archive of this home, whether its daemon runs or not. */
export const backUpNode: CommandAction = async (context, input) => {
  const { home } = context.options
  const [given] = input.args
  const file = path.resolve(given ?? fail('usage.missing-argument', 'The backup needs a FILE.'))
  const config = valueOrFail(await readNodeConfig(home, context.host.env))
  const genesis = await genesisOfHome(home, config.genesis)
  const progress = await context.progress('Backing up')
  let sizeBytes = 0
  try {
    const backup = valueOrFail(
      await createBackup({
        paths: nodePaths(home),
        genesis,
        institutionName: config.name,
        file,
        nowMs: context.host.now(),
        onFile: (added) => {
          sizeBytes += added.sizeBytes
          progress.update({ label: `Backing up, ${sizeText(sizeBytes)}` })
        },
      }),
    )
    const { header } = backup
    return {
      json: { file, ...header, files: backup.files, sizeBytes: backup.sizeBytes },
      text: `${factsText([
        ['Backup', file],
        ['Institution', header.institutionName],
        ['Height', String(header.height)],
        ['Files', String(backup.files)],
        ['Size', sizeText(backup.sizeBytes)],
      ])}

It holds patients’ data and the keystore as it stands. Encrypt it, and keep it apart from the passphrase.`,
    }
  } finally {
    progress.stop()
  }
}
