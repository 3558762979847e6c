import {
  accountIdFromInception,
  didFromAccountId,
  hexFromBytes,
  type Inception,
  PERSON_ROLES,
} from '@medchain/core'
import { fail } from '../command-error.ts'

export const IDENTITY_ROLES = ['patient', ...PERSON_ROLES] as const

export type IdentityRole = (typeof IDENTITY_ROLES)[number]

/** What everybody may know of a local identity. */
export interface Identity {
  readonly name: string
  readonly role: IdentityRole
  readonly did: string
  /** 32 bytes: the account id, or for a patient the hash that stays off the chain. */
  readonly id: Uint8Array
  readonly inception: Inception
}

export const parseIdentityRole = (typed: string): IdentityRole => {
  const role = (IDENTITY_ROLES as readonly string[]).includes(typed) ? (typed as IdentityRole) : undefined
  return role ?? fail('usage.role', `A role is one of ${IDENTITY_ROLES.join(', ')}.`)
}

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._ -]{0,62}$/u

/** A name as it may stand in a file's name. */
export const parseName = (typed: string): string =>
  NAME.test(typed) && typed.trim() === typed
    ? typed
    : fail('usage.name', 'A name has up to 63 letters, digits, spaces, dots, hyphens or underscores.')

export const createIdentity = (name: string, role: IdentityRole, inception: Inception): Identity => {
  const id = accountIdFromInception(inception)
  return { name, role, id, did: didFromAccountId(id), inception }
}

/** The beginning of every answer about an identity. */
export const identityJson = ({ name, did, role, inception }: Identity) => ({
  name,
  did,
  role,
  signingKey: hexFromBytes(inception.signingKey),
  sealingKey: hexFromBytes(inception.sealingKey),
})
