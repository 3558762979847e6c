import { base32FromBytes } from '@medchain/core'
import type { FastifyRequest } from 'fastify'
import { type ApiServer, sendProblem } from '../api/index.ts'
import type { AuditFinding } from '../audit/examine-log.ts'

const LOOPBACK: readonly string[] = ['127.0.0.1', '::1', '::ffff:127.0.0.1']
const LOCAL_NAME = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/
/** A proxy on this machine adds these: its callers are elsewhere. */
const FORWARDED: readonly string[] = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip']
/** An examination reads the whole vault; its result serves for this long. */
const RESULT_AGE_MS_MAX = 5000

const schema = {
  tags: ['doctor'],
  summary: 'Checks the vault and the audit log of this node',
  description:
    'Only from this machine. Answers {findings:[{code, where, message}], owed:[erasureId]}: what is damaged, and ' +
    'erasures that this node has not destroyed or not signed for.',
}

/** Neither passed on by a proxy nor sent by a web page under a name of its own. */
const isLocal = ({ ip, headers }: Pick<FastifyRequest, 'ip' | 'headers'>): boolean =>
  LOOPBACK.includes(ip) &&
  LOCAL_NAME.test(headers.host ?? '') &&
  headers.origin === undefined &&
  FORWARDED.every((name) => headers[name] === undefined)

const collect = async (found: AsyncIterable<AuditFinding>): Promise<AuditFinding[]> => {
  const findings: AuditFinding[] = []
  for await (const finding of found) findings.push(finding)
  return findings
}

/** POST /v1/doctor, from this machine only and one examination at a time. */
export const registerDoctorRoute = (
  server: ApiServer,
  examine: () => AsyncIterable<AuditFinding>,
  owed: () => readonly Uint8Array[],
  nowMs: () => number,
): void => {
  let last: { readonly atMs: number; readonly findings: Promise<readonly AuditFinding[]> } | undefined
  const findingsNow = (): Promise<readonly AuditFinding[]> => {
    if (last && nowMs() - last.atMs < RESULT_AGE_MS_MAX) return last.findings
    const findings = collect(examine())
    const current = { atMs: Number.POSITIVE_INFINITY, findings }
    last = current
    const finish = (): void => {
      if (last === current) last = { atMs: nowMs(), findings }
    }
    findings.then(finish, finish)
    return findings
  }
  server.post('/v1/doctor', { schema }, async (request, reply) => {
    if (!isLocal(request)) {
      sendProblem(reply, 403, 'request.local-only', 'This is answered to the machine of the node only.')
      return reply
    }
    return { findings: await findingsNow(), owed: owed().map(base32FromBytes) }
  })
}
