import { bytesFromHex, hexFromBytes } from '@medchain/core'
import { CommandError, fail } from '../command-error.ts'
import { createIdentity, IDENTITY_ROLES, type Identity, type IdentityRole } from './identity.ts'

const FORMAT = 'medchain-card/1'

/** What one hands over to be found and written to: public keys, and nothing secret. */
export const cardText = ({ name, role, did, inception, present, isUnchecked }: Identity): string =>
  JSON.stringify({
    format: FORMAT,
    name,
    role,
    did,
    signingKey: hexFromBytes(inception.signingKey),
    sealingKey: hexFromBytes(inception.sealingKey),
    salt: hexFromBytes(inception.salt),
    ...(isUnchecked && { unchecked: true }),
    ...(present && {
      presentSigningKey: hexFromBytes(present.signingKey),
      presentSealingKey: hexFromBytes(present.sealingKey),
    }),
  })

const damaged = (where: string): CommandError =>
  new CommandError(
    'card.damaged',
    `${where} is not a card, or it was changed.`,
    'Ask its owner for medchain id card again.',
  )

const keyOf = (value: unknown): Uint8Array | undefined => {
  const bytes = typeof value === 'string' ? bytesFromHex(value) : undefined
  return bytes?.ok && bytes.value.length === 32 ? bytes.value : undefined
}

/** The identity that a card describes; `card.damaged` when its first keys do not hash to its DID. */
export const parseCard = (text: string, where: string): Identity => {
  let card: Record<string, unknown>
  try {
    card = JSON.parse(text)
  } catch {
    throw damaged(where)
  }
  const [signingKey, sealingKey, salt] = [card['signingKey'], card['sealingKey'], card['salt']].map(keyOf)
  const { name, role, format, did } = card
  const isKnownRole = (IDENTITY_ROLES as readonly unknown[]).includes(role)
  if (format !== FORMAT || typeof name !== 'string' || !isKnownRole || !signingKey || !sealingKey || !salt) {
    throw damaged(where)
  }
  const [presentSigning, presentSealing] = [card['presentSigningKey'], card['presentSealingKey']].map(keyOf)
  const present = presentSigning &&
    presentSealing && { signingKey: presentSigning, sealingKey: presentSealing }
  const identity = createIdentity(name, role as IdentityRole, { signingKey, sealingKey, salt }, present)
  return identity.did === did
    ? { ...identity, ...(card['unchecked'] === true && { isUnchecked: true }) }
    : fail('card.damaged', `The keys in ${where} do not belong to its DID.`)
}
