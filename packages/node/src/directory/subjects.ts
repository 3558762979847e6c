import {
  bytes,
  bytesFromText,
  concatBytes,
  decode,
  encode,
  equalBytes,
  ok,
  type Result,
  type SubjectLink,
  struct,
  subjectAdd,
  subjectFind,
  subjectList,
  subjectRemove,
  text,
} from '@medchain/core'
import { isStaffOf } from '../custody/anchoring.ts'
import { nodeCiphers } from '../keystore/index.ts'
import type { Dispatcher } from '../requests/dispatcher.ts'
import type { PrivacyPorts, VaultName } from '../requests/ports.ts'
import { refuseDirectory } from './codes.ts'

const PREFIX = bytesFromText('mrn/')
const PAGE_MAX = 1000

const linkSchema = struct<SubjectLink>({ mrn: text(64), person: bytes(32) })

type Ports = Pick<PrivacyPorts, 'chain' | 'self' | 'vault'>

/** Serves the institution's own medical record numbers to its staff; they lie in its vault and nowhere else. */
export const serveSubjects = ({ chain, self, vault }: Ports, dispatcher: Dispatcher): void => {
  /** Names of values stand on the disk as they are: a number is not to be read, nor found by trying. */
  const nameOf = (mrn: string): VaultName => {
    const digest = nodeCiphers.hmacSha256(self.importSecret, concatBytes(PREFIX, bytesFromText(mrn)))
    return { kind: 'index', key: concatBytes(PREFIX, digest) }
  }
  const read = async (name: VaultName): Promise<Result<SubjectLink | undefined>> => {
    const value = await vault.get(name)
    if (!value.ok || value.value === undefined) return value as Result<undefined>
    return decode(linkSchema, value.value)
  }
  const isStaff = (actor: Uint8Array): boolean => isStaffOf(chain.head().view, actor, self.id)

  dispatcher.handle(subjectAdd, async (link, { actor }) => {
    if (!isStaff(actor)) return refuseDirectory('directory.staff-only')
    const known = await read(nameOf(link.mrn))
    if (!known.ok) return known
    if (known.value && !equalBytes(known.value.person, link.person)) return refuseDirectory('subject.exists')
    await vault.putBatch([{ ...nameOf(link.mrn), value: encode(linkSchema, link) }])
    return ok([])
  })
  dispatcher.handle(subjectRemove, async ({ mrn }, { actor }) => {
    if (!isStaff(actor)) return refuseDirectory('directory.staff-only')
    const known = await read(nameOf(mrn))
    if (known.ok && known.value === undefined) return refuseDirectory('subject.unknown')
    await vault.erase([nameOf(mrn)])
    return ok([])
  })
  dispatcher.handle(subjectFind, async ({ mrn }, { actor }) => {
    if (!isStaff(actor)) return refuseDirectory('directory.staff-only')
    const known = await read(nameOf(mrn))
    if (!known.ok) return known
    return known.value ? ok({ person: known.value.person }) : refuseDirectory('subject.unknown')
  })
  dispatcher.handle(subjectList, async ({ after }, { actor }) => {
    if (!isStaff(actor)) return refuseDirectory('directory.staff-only')
    const links: SubjectLink[] = []
    for (const key of vault.list('index', PREFIX)) {
      const link = await read({ kind: 'index', key })
      if (!link.ok) return link
      if (link.value && (after === undefined || link.value.mrn > after)) links.push(link.value)
    }
    return ok(links.sort((a, b) => (a.mrn < b.mrn ? -1 : 1)).slice(0, PAGE_MAX))
  })
}
