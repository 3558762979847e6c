import { bytesFromText } from '../../encoding/index.ts'

/** A party by its DID, with the name that is known for it. */
export interface EventParty {
  readonly did: string
  readonly name: string | undefined
}

/** One entry of a node's audit log, as far as an AuditEvent tells it. */
export interface DisclosureEvent {
  /** Hexadecimal hash of the entry: names the resource. */
  readonly id: string
  /** RFC 3339. */
  readonly recorded: string
  /** Institution that logged. */
  readonly node: EventParty
  readonly actor: EventParty
  /** Institution that vouches for the actor; the actor itself when it is one. */
  readonly institution: EventParty | undefined
  readonly purpose: string
  readonly basis: string
  readonly grantId: string | undefined
  /** DID of the chart; there is no Patient resource that names the person. */
  readonly chart: string
  /** Records whose headers alone were opened are a `list`. */
  readonly kind: 'read' | 'list'
  readonly permitted: readonly string[]
  readonly refused: readonly string[]
  /** `permit`, or the code of the first refusal. */
  readonly code: string
  /** Whether it is to be accounted for under 45 CFR 164.528. */
  readonly isAccounted: boolean
}

/** Records of one chart that were anchored together. */
export interface AuthorshipEvent {
  readonly id: string
  readonly recorded: string
  readonly author: EventParty
  /** None for what somebody disputes in their own name. */
  readonly institution: EventParty | undefined
  readonly recordIds: readonly string[]
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** base64 as FHIR’s base64Binary has it. */
export const base64FromText = (text: string): string => {
  const bytes = bytesFromText(text)
  let out = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = bytes.slice(at, at + 3)
    const word = a * 65_536 + (b ?? 0) * 256 + (c ?? 0)
    const digits = [18, 12, 6, 0].map((shift) => ALPHABET[Math.floor(word / 2 ** shift) % 64] ?? '')
    out += `${digits[0]}${digits[1]}${b === undefined ? '=' : digits[2]}${c === undefined ? '=' : digits[3]}`
  }
  return out
}
