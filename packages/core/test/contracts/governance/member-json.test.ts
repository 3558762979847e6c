import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { didFromAccountId, type MemberDescription, memberJson } from '../../../src/index.ts'

const bytes = (value: number): Uint8Array => new Uint8Array(32).fill(value)

const description: MemberDescription = {
  id: bytes(1),
  member: {
    name: 'north-hospital',
    role: 'hospital',
    isValidator: true,
    addresses: ['/ip4/127.0.0.1/tcp/7840'],
    signingKey: bytes(2),
    sealingKey: bytes(3),
    salt: bytes(4),
    votingKey: bytes(5),
    nodeKey: bytes(6),
  } as unknown as MemberDescription['member'],
  account: { status: 'active', signingKey: bytes(2), sealingKey: bytes(3) } as MemberDescription['account'],
  part: 'validator',
  isMissing: false,
  missedTurns: 0,
  skippedUntilMs: undefined,
  evidence: { count: 0, lastHeight: undefined, lastMs: undefined },
  pendingChange: { type: 'leave', effectiveHeight: 12 },
}

test('what there is none of is null, never left out: the API’s schema has every key', () => {
  equal(memberJson(description), {
    did: didFromAccountId(bytes(1)),
    name: 'north-hospital',
    role: 'hospital',
    status: 'active',
    isValidator: true,
    part: 'validator',
    isMissing: false,
    missedTurns: 0,
    skippedUntilMs: null,
    evidence: { count: 0, lastHeight: null, lastMs: null },
    pendingChange: { type: 'leave', effectiveHeight: 12, lapsesHeight: null },
    addresses: ['/ip4/127.0.0.1/tcp/7840'],
    signingKey: '02'.repeat(32),
    sealingKey: '03'.repeat(32),
    votingKey: '05'.repeat(32),
    nodeKey: '06'.repeat(32),
  })
  equal(memberJson({ ...description, pendingChange: undefined }).pendingChange, null)
})

test.run()
