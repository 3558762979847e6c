import { existsSync } from 'node:fs'
import path from 'node:path'

const folder = process.env['MEDCHAIN_TEST_DATA'] ?? path.resolve(import.meta.dirname, '../../shared/data')

/** Path of a file or folder of the optional test data, or undefined when it is not on this machine. */
export function testData(name: string): string | undefined {
  const file = path.join(folder, name)
  return existsSync(file) ? file : undefined
}
