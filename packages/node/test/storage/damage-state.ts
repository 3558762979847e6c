import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { openStateDatabase } from '../../src/storage/state/state-database.ts'

/** Flips a bit of every value that a closed state has in its log of changes and in its packs; gives how many there were. */
export const damageState = async (folder: string): Promise<number> => {
  const { root, changes, packs } = openStateDatabase(folder, true)
  const values = [changes, packs].flatMap((database) => Array.from(database.getRange(), ({ value }) => value))
  await root.close()
  const file = path.join(folder, 'data.mdb')
  const bytes = await readFile(file)
  for (const value of values) {
    const last = bytes.indexOf(value) + value.length - 1
    if (last < value.length - 1) throw new Error('a value is not in the file')
    bytes[last] = (bytes[last] as number) ^ 1
  }
  await writeFile(file, bytes)
  return values.length
}
