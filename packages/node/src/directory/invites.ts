import { mkdir, open, rm } from 'node:fs/promises'
import path from 'node:path'
import { base32FromBytes, bytesFromText, hexFromBytes, ok, type Result } from '@medchain/core'
import { nodeCiphers, syncFolder } from '../keystore/index.ts'
import { refuseDirectory } from './codes.ts'

/** Whom the institution sponsors: bearers of a one-time token, or everybody who asks. */
export type SponsorPolicy = 'token' | 'auto'

const fileOf = (folder: string, token: string): string =>
  path.join(folder, hexFromBytes(nodeCiphers.sha256(bytesFromText(token))))

const writeInvite = async (folder: string, token: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const handle = await open(fileOf(folder, token), 'w', 0o600)
  await handle.close()
  await syncFolder(folder)
}

/** A new one-time enrolment token; the folder keeps only its hash, and a running node takes it at once. */
export const createInvite = async (folder: string): Promise<string> => {
  const token = base32FromBytes(nodeCiphers.randomBytes(20))
  await writeInvite(folder, token)
  return token
}

/** An admission that still has to be used or given back. */
export interface Admission {
  /** Makes the token good again, for a registration that did not come about. */
  readonly giveBack: () => Promise<void>
}

/** Uses up the token, durably, unless the policy admits everybody; `directory.denied` without a good one. */
export const admit = async (
  policy: SponsorPolicy,
  folder: string,
  token: string | undefined,
): Promise<Result<Admission>> => {
  if (policy === 'auto') return ok({ giveBack: async () => undefined })
  if (token === undefined) return refuseDirectory('directory.denied')
  try {
    await rm(fileOf(folder, token))
  } catch {
    return refuseDirectory('directory.denied')
  }
  await syncFolder(folder)
  return ok({ giveBack: () => writeInvite(folder, token) })
}
