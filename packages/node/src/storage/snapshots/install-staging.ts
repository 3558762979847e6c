import { access, mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { NodePaths } from '../../config/index.ts'
import { syncFolder, writeFileAtomic } from '../../keystore/index.ts'

export const stagingFolder = ({ data }: NodePaths): string => path.join(data, 'joining')

const isPresent = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )

const COMPLETE = 'complete'

/** From here on the staged snapshot is this home's chain, whatever happens; durable when it resolves. */
export const markComplete = (staging: string): Promise<void> =>
  writeFileAtomic(path.join(staging, COMPLETE), new Uint8Array(0))

/**
 * Puts a complete staged snapshot in the place of the home's empty chain; does nothing where there is none. Every
 * step may be the last one before a crash: the next start goes on from there. Gives whether something was installed.
 */
export const installStaging = async (paths: NodePaths): Promise<boolean> => {
  const staging = stagingFolder(paths)
  if (!(await isPresent(path.join(staging, COMPLETE)))) return false
  await mkdir(paths.data, { recursive: true, mode: 0o700 })
  for (const [name, target] of [
    ['blocks', paths.blocks],
    ['state', paths.state],
  ] as const) {
    const from = path.join(staging, name)
    if (!(await isPresent(from))) continue
    await rm(target, { recursive: true, force: true })
    await rename(from, target)
    await syncFolder(paths.data)
  }
  await rm(path.join(staging, COMPLETE))
  await rm(staging, { recursive: true, force: true })
  return true
}
