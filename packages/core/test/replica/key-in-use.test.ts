import { test } from 'uvu'
import { equal, match } from 'uvu/assert'
import type { CommittedBlock } from '../../src/ledger/block.ts'
import { noteOwnSignature } from '../../src/replica/recovery.ts'
import type { ReplicaScope } from '../../src/replica/scope.ts'
import { createSigningGuard } from '../../src/replica/signing-guard.ts'
import type { ValidatorSet } from '../../src/validators/validator-set.ts'

const SELF = 2
const institution = (index: number): Uint8Array => new Uint8Array(32).fill(index + 1)
const validators = [0, 1, 2, 3].map((index) => ({
  institution: institution(index),
})) as unknown as ValidatorSet

/** A block that these members decided. */
const decidedBy = (height: number, members: readonly number[]): CommittedBlock => {
  const bitmap = Uint8Array.of(members.reduce((bits, index) => bits | (1 << index), 0))
  return { certificate: { height, bitmap } } as unknown as CommittedBlock
}

/** A validator that remembers what it signed up to height 5. */
const createScope = () => {
  const guard = createSigningGuard({ publicKey: institution(SELF), sign: (message) => message })
  const memory = { lastSigned: { height: 5, round: 0 }, isForgetful: false, unknownSignatures: 0 }
  const scope = {
    ...{ guard, memory, out: [], self: { institution: institution(SELF) } },
    chain: { head: () => ({ validators }) },
  } as unknown as ReplicaScope
  return { scope, guard, memory }
}

test('a second own signature that it did not make says that another process has the key: it signs nothing more', () => {
  const { scope, guard, memory } = createScope()
  noteOwnSignature(scope, decidedBy(5, [0, 1, SELF]))
  noteOwnSignature(scope, decidedBy(6, [0, 1, 3]))
  equal(memory.unknownSignatures, 0)
  noteOwnSignature(scope, decidedBy(7, [0, 1, SELF]))
  equal([memory.isForgetful, guard.reasonAt(8)], [true, undefined])
  // Later it has heard how far the others are, and signed at 12.
  Object.assign(memory, { isForgetful: false, lastSigned: { height: 12, round: 0 } })
  noteOwnSignature(scope, decidedBy(12, [0, 1, SELF]))
  equal(guard.reasonAt(13), undefined)
  noteOwnSignature(scope, decidedBy(14, [0, 3, SELF]))
  match(guard.reasonAt(15) ?? '', 'Another process signs with the key of this validator')
  equal(guard.sign({ height: 1_000_000, round: 0, step: 'prepare' }, new Uint8Array(1)), undefined)
})

test.run()
