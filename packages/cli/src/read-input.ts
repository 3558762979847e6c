import { fail } from './command-error.ts'
import type { Host } from './host.ts'
import { readVisibleLine } from './passphrase.ts'

const INPUT_BYTES_MAX = 64 * 1024

/** All of standard input, up to 64 KiB; one line asked for on a terminal. */
export const readInputText = async (host: Host, label: string): Promise<string> => {
  if (host.stdin.isTTY) return readVisibleLine(host, label)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of host.stdin) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > INPUT_BYTES_MAX)
      return fail('usage.input', 'Standard input holds far more than what is asked for.')
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}
