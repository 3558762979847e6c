import { existsSync } from 'node:fs'
import { type AuditAnchor, equalBytes } from '@medchain/core'
import { createAuditMap, type TagOf } from './audit-map.ts'
import { type ChartHead, headAfter } from './chart-heads.ts'
import { AUDIT_CODES } from './codes.ts'
import { type LoadedLog, loadLog } from './load-log.ts'

/** Something wrong on disk, as every part of the doctor reports it. */
export interface AuditFinding {
  readonly code: string
  /** File, and the place in it. */
  readonly where: string
  readonly message: string
}

/** The chain's side, where the doctor has it. */
export interface ChainAnchors {
  /** The node's own anchors, oldest first. */
  readonly anchors: readonly AuditAnchor[]
  readonly tagOf: TagOf
}

const finding = (where: string, detail: string): AuditFinding => ({
  code: 'audit.damaged',
  where,
  message: `${AUDIT_CODES['audit.damaged']} (${detail})`,
})

const checkMark = (folder: string, loaded: LoadedLog, anchor: AuditAnchor): AuditFinding | undefined => {
  if (loaded.marks.find(anchor.sequence, anchor.root)) return undefined
  return finding(folder, `the log has no trace of anchor ${anchor.sequence}, which is on the chain`)
}

/** Replays the entries and compares the map's root at each anchoring with the chain. */
const checkRoots = async (
  folder: string,
  loaded: LoadedLog,
  chain: ChainAnchors,
): Promise<AuditFinding[]> => {
  const findings: AuditFinding[] = []
  const map = createAuditMap(chain.tagOf)
  const heads = new Map<string, ChartHead>()
  const due = chain.anchors.flatMap((anchor) => {
    const mark = loaded.marks.find(anchor.sequence, anchor.root)
    return mark ? [{ anchor, entryCount: mark.entryCount }] : []
  })
  const compare = (entryCount: number): void => {
    while (due[0] && due[0].entryCount <= entryCount) {
      const { anchor } = due.shift() as (typeof due)[number]
      const next = map.next(heads.values())
      if (next) map.install(next)
      if (!equalBytes(map.root(), anchor.root)) {
        findings.push(finding(folder, `the entries are not those of anchor ${anchor.sequence} on the chain`))
      }
      heads.clear()
    }
  }
  await loadLog(folder, Number.MAX_SAFE_INTEGER, (entry, entryCount) => {
    heads.set(Buffer.from(entry.chart).toString('hex'), headAfter(entry))
    compare(entryCount)
  })
  const rest = due[0]
  if (rest) findings.push(finding(folder, `entries of anchor ${rest.anchor.sequence} and later are missing`))
  return findings
}

/** Checks the whole log: frames, chains, and with `chain` also against what was anchored. Changes nothing. */
export const examineAuditLog = async (folder: string, chain?: ChainAnchors): Promise<AuditFinding[]> => {
  const anchors = chain?.anchors ?? []
  if (!existsSync(folder)) {
    return anchors.length === 0 ? [] : [finding(folder, 'the log is gone, and the chain has anchors of it')]
  }
  const loaded = await loadLog(folder, Number.MAX_SAFE_INTEGER)
  const damaged = loaded.damage.map(({ file, offset, detail }) => finding(`${file} at ${offset}`, detail))
  if (!chain) return damaged
  const unmarked = anchors.flatMap((anchor) => checkMark(folder, loaded, anchor) ?? [])
  const untrue = damaged.length > 0 ? [] : await checkRoots(folder, loaded, chain)
  return [...damaged, ...unmarked, ...untrue]
}
