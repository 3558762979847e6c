import { mkdir, open, rm } from 'node:fs/promises'
import path from 'node:path'
import {
  base32FromBytes,
  bytesFromText,
  hexFromBytes,
  ok,
  PERSON_ROLES,
  type PersonRole,
  type Result,
} from '@medchain/core'
import { nodeCiphers, syncFolder } from '../keystore/index.ts'
import { refuseDirectory } from './codes.ts'

/** Whom the institution sponsors: bearers of a one-time token, or everybody who asks. */
export type SponsorPolicy = 'token' | 'auto'

/** As whom a token lets its bearer in; a patient’s token makes nobody a member of staff. */
export type InviteRole = 'patient' | PersonRole

export const INVITE_ROLES: readonly InviteRole[] = ['patient', ...PERSON_ROLES]

interface Invite {
  readonly role: InviteRole
  readonly token: string
}

const fileOf = (folder: string, { role, token }: Invite): string =>
  path.join(folder, hexFromBytes(nodeCiphers.sha256(bytesFromText(`${role} ${token}`))))

const writeInvite = async (folder: string, invite: Invite): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const handle = await open(fileOf(folder, invite), 'w', 0o600)
  await handle.close()
  await syncFolder(folder)
}

/** A new one-time enrolment token; the folder keeps only its hash, and a running node takes it at once. */
export const createInvite = async (folder: string, role: InviteRole): Promise<string> => {
  const token = base32FromBytes(nodeCiphers.randomBytes(20))
  await writeInvite(folder, { role, token })
  return token
}

/** An admission that still has to be used or given back. */
export interface Admission {
  /** Makes the token good again, for a registration that will not come about. */
  readonly giveBack: () => Promise<void>
}

/** Uses up the token, durably, unless the policy admits everybody; `directory.denied` without one for the role. */
export const admit = async (
  policy: SponsorPolicy,
  folder: string,
  role: InviteRole,
  token: string | undefined,
): Promise<Result<Admission>> => {
  if (policy === 'auto') return ok({ giveBack: async () => undefined })
  if (token === undefined) return refuseDirectory('directory.denied')
  try {
    await rm(fileOf(folder, { role, token }))
  } catch {
    return refuseDirectory('directory.denied')
  }
  await syncFolder(folder)
  return ok({ giveBack: () => writeInvite(folder, { role, token }) })
}
