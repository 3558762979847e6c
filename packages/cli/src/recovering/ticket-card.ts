import { accountIdFromInception, bytesFromHex, hexFromBytes, type Inception } from '@medchain/core'
import { CommandError } from '../command-error.ts'
import { readIfThere } from '../wallet/wallet-files.ts'

const FORMAT = 'medchain-ticket/1'
const GROUPS = 6

/** What whoever recovers hands to guardians and sponsor: public keys, and nothing secret. */
export const ticketText = ({ signingKey, sealingKey, salt }: Inception): string =>
  JSON.stringify({
    format: FORMAT,
    signingKey: hexFromBytes(signingKey),
    sealingKey: hexFromBytes(sealingKey),
    salt: hexFromBytes(salt),
  })

/** Six groups of five digits, to be compared by voice: about 100 bits of the ticket's id. */
export const ticketDigits = (ticket: Inception): string => {
  const id = accountIdFromInception(ticket)
  return Array.from({ length: GROUPS }, (_, group) => {
    const [a = 0, b = 0, c = 0, d = 0] = id.slice(group * 4, group * 4 + 4)
    return String((a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) % 100_000).padStart(5, '0')
  }).join(' ')
}

/** The ticket in a file; `ticket.damaged` for anything else. */
export const readTicket = async (file: string): Promise<Inception> => {
  const damaged = new CommandError('ticket.damaged', `${file} is not a ticket, or it was changed.`)
  const content = await readIfThere(file)
  if (content === undefined) throw new CommandError('ticket.missing', `There is no ticket at ${file}.`)
  try {
    const card = JSON.parse(new TextDecoder().decode(content)) as Record<string, unknown>
    if (card['format'] !== FORMAT) throw damaged
    const [signingKey, sealingKey, salt] = ['signingKey', 'sealingKey', 'salt'].map((name) => {
      const key = bytesFromHex(String(card[name]))
      if (!key.ok || key.value.length !== 32) throw damaged
      return key.value
    }) as [Uint8Array, Uint8Array, Uint8Array]
    return { signingKey, sealingKey, salt }
  } catch {
    throw damaged
  }
}
