import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type AccessQuestion,
  evaluate,
  type Grant,
  PURPOSES,
  scopeDigestOf,
  scopeProofOf,
  strictest,
  verifyScopeProof,
} from '../../src/access/index.ts'

const id = (name: number): Uint8Array => new Uint8Array(32).fill(name)
const record = (name: number): Uint8Array => new Uint8Array(18).fill(name)

const arbitraryGrant = fc.record<Grant>(
  {
    grantId: fc.constant(id(9)),
    grantee: fc.constantFrom(id(1), id(2), id(3)),
    mode: fc.constantFrom('read' as const, 'write' as const, 'read-write' as const),
    purposes: fc.subarray([...PURPOSES], { minLength: 1 }),
    fromMs: fc.nat(20),
    untilMs: fc.nat(20),
    scopeDigest: fc.constantFrom(undefined, scopeDigestOf([record(1), record(2)])),
    termsDigest: fc.constant(id(0)),
    broker: fc.constantFrom(undefined, id(2)),
    isDeny: fc.boolean(),
    chart: fc.constant(id(7)),
    grantedHeight: fc.nat(5),
    revokedHeight: fc.option(fc.nat(5), { nil: undefined }),
  },
  { noNullPrototype: true },
)

const arbitraryQuestion = fc.record<AccessQuestion>(
  {
    actor: fc.record({
      id: fc.constantFrom(id(1), id(2)),
      institution: fc.constantFrom(id(2), undefined),
      speaksForInstitution: fc.boolean(),
      isActive: fc.boolean(),
    }),
    chart: fc.constant(id(7)),
    record: fc.option(
      fc.record({
        id: fc.constantFrom(record(1), record(5)),
        authorInstitution: fc.constantFrom(id(2), id(4)),
      }),
      {
        nil: undefined,
      },
    ),
    purpose: fc.constantFrom(...PURPOSES),
    mode: fc.constantFrom('read' as const, 'write' as const, 'deidentified' as const),
    timeMs: fc.nat(20),
    scopeProof: fc.constantFrom(undefined, scopeProofOf([record(1), record(2)], record(1))),
  },
  { noNullPrototype: true },
)

test('without a grant only the owner and the author pass, whatever is asked', () => {
  fc.assert(
    fc.property(arbitraryQuestion, (question) => {
      const { outcome, basis } = evaluate(question, [])
      if (outcome === 'permit')
        assert.ok(basis === 'author' && question.actor.isActive && question.mode === 'read')
    }),
  )
})

test('a grant that ended, began later, or names another changes no refusal into a permission', () => {
  fc.assert(
    fc.property(arbitraryQuestion, fc.array(arbitraryGrant, { maxLength: 4 }), (question, grants) => {
      const useless = grants.map((grant) => ({ ...grant, revokedHeight: 1 }))
      assert.is(evaluate(question, useless).outcome, evaluate(question, []).outcome)
      const others = grants.map((grant) => ({ ...grant, grantee: id(88), broker: undefined }))
      assert.is(evaluate(question, others).code, evaluate(question, []).code)
    }),
  )
})

test('one more deny never opens, one more permit never closes but through a deny already there', () => {
  fc.assert(
    fc.property(
      arbitraryQuestion,
      fc.array(arbitraryGrant, { maxLength: 4 }),
      arbitraryGrant,
      (question, grants, extra) => {
        const before = evaluate(question, grants).outcome
        const withDeny = evaluate(question, [...grants, { ...extra, isDeny: true }]).outcome
        const withPermit = evaluate(question, [...grants, { ...extra, isDeny: false }]).outcome
        if (before === 'deny') assert.is(withDeny, 'deny')
        if (before === 'permit') assert.is(withPermit, 'permit')
      },
    ),
  )
})

test('a reader who leaves a proof out, or speaks for nobody, never gains by it', () => {
  fc.assert(
    fc.property(arbitraryQuestion, fc.array(arbitraryGrant, { maxLength: 4 }), (question, grants) => {
      if (evaluate(question, grants).outcome === 'permit') return
      assert.is(evaluate({ ...question, scopeProof: undefined }, grants).outcome, 'deny')
      const actor = { ...question.actor, speaksForInstitution: false }
      assert.is(evaluate({ ...question, actor }, grants).outcome, 'deny')
    }),
    { numRuns: 2000 },
  )
})

test('the order of grants decides nothing', () => {
  fc.assert(
    fc.property(arbitraryQuestion, fc.array(arbitraryGrant, { maxLength: 4 }), (question, grants) => {
      assert.is(evaluate(question, grants).outcome, evaluate(question, [...grants].reverse()).outcome)
    }),
  )
})

test('an inactive actor is refused even what is its own', () => {
  const question = {
    actor: { id: id(7), institution: undefined, speaksForInstitution: false, isActive: false },
    chart: id(7),
  }
  const full = {
    ...question,
    record: undefined,
    purpose: 'TREAT' as const,
    mode: 'read' as const,
    timeMs: 1,
    scopeProof: undefined,
  }
  assert.is(evaluate(full, []).code, 'identity.suspended')
})

test('a scope proof serves its own record only', () => {
  const ids = [record(3), record(1), record(2)]
  for (const one of ids) assert.ok(verifyScopeProof(scopeDigestOf(ids), one, scopeProofOf(ids, one) as never))
  assert.is(scopeProofOf(ids, record(9)), undefined)
  assert.not(verifyScopeProof(scopeDigestOf(ids), record(9), scopeProofOf(ids, record(1)) as never))
})

test('notes outrank substance use, which outranks the unprotected rest', () => {
  assert.is(strictest('laboratory', 'substance-use'), 'substance-use')
  assert.is(strictest('notes', 'substance-use'), 'notes')
  assert.is(strictest('general', 'laboratory'), 'general')
})

test.run()
