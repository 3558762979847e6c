import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { unwrap } from '../../../src/encoding/index.ts'
import { type JsonObject, termsFromConsent } from '../../../src/fhir/index.ts'

const ROLE = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType'
const PURPOSE = 'http://terminology.hl7.org/CodeSystem/v3-ActReason'
const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'

const consentOf = (provision: JsonObject, isDissent: boolean): JsonObject => ({
  resourceType: 'Consent',
  status: 'active',
  scope: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
  },
  category: [{ coding: [{ system: ACT_CODE, code: isDissent ? 'OPTOUT' : 'OPTIN' }] }],
  patient: { identifier: { system: 'urn:ietf:rfc:3986', value: 'did:medchain:zPatient' } },
  provision,
})

test('a prohibition without action forbids every action, also as an exception', () => {
  const actor = { role: { coding: [{ system: ROLE, code: 'IRCP' }] } }
  const reference = { identifier: { system: 'urn:ietf:rfc:3986', value: 'did:medchain:zDoctor' } }
  const who = { actor: [{ ...actor, reference }], purpose: [{ system: PURPOSE, code: 'TREAT' }] }
  const period = { start: '2026-01-01', end: '2026-03-31' }
  const label = (code: string) => ({ securityLabel: [{ system: 'urn:medchain:compartment', code }] })
  const modesOf = (provision: JsonObject, isDissent: boolean) =>
    unwrap(termsFromConsent(consentOf(provision, isDissent))).terms.map(({ isDeny, mode }) => [isDeny, mode])
  assert.equal(modesOf({ type: 'deny', ...who }, true), [[true, 'read-write']])
  const permit = { type: 'permit', period, ...who, ...label('general') }
  const exception = { type: 'deny', ...label('general'), period: { start: '2026-02-01' } }
  assert.equal(modesOf({ ...permit, provision: [exception] }, false), [
    [false, 'read'],
    [true, 'read-write'],
  ])
  const access = {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentaction', code: 'access' }],
  }
  assert.equal(modesOf({ type: 'deny', action: [access], ...who }, true), [[true, 'read']])
})

test.run()
