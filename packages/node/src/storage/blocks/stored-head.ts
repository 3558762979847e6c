import { access } from 'node:fs/promises'
import { scanSegment } from './scan-segment.ts'
import { listSegments } from './segment-files.ts'

/** Highest sound block in the files of a folder, without their index; 0 when there is none. Nothing is changed. */
export const storedHeadHeight = async (folder: string): Promise<number> => {
  const isThere = await access(folder).then(
    () => true,
    () => false,
  )
  const newest = isThere ? listSegments(folder).at(-1) : undefined
  let height = 0
  if (newest === undefined) return height
  for (const found of scanSegment(newest.file)) if (found.type === 'entry') height = found.head.height
  return height
}
