import {
  accountIdFromInception,
  didFromAccountId,
  equalBytes,
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
  /** First keys: what the id hashes. */
  readonly inception: Inception
  /** Keys that it rotated to; absent while the first ones are in force. */
  readonly present?: PresentKeys | undefined
  /** Restored while no node answered: whether the words followed others is not known yet. */
  readonly isUnchecked?: boolean | undefined
}

export interface PresentKeys {
  readonly signingKey: Uint8Array
  readonly sealingKey: Uint8Array
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

export const createIdentity = (
  name: string,
  role: IdentityRole,
  inception: Inception,
  present?: PresentKeys,
): Identity => {
  const id = accountIdFromInception(inception)
  const isFirst = present === undefined || equalBytes(present.signingKey, inception.signingKey)
  return { name, role, id, did: didFromAccountId(id), inception, ...(!isFirst && { present }) }
}

/** The beginning of every answer about an identity. */
export const identityJson = ({ name, did, role, inception, present = inception }: Identity) => ({
  name,
  did,
  role,
  signingKey: hexFromBytes(present.signingKey),
  sealingKey: hexFromBytes(present.sealingKey),
})
