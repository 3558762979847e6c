import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { bytesFromText, textFromBytes } from '../../src/encoding/index.ts'
import { communicationOfDispute, textOfDispute } from '../../src/fhir/index.ts'

const STATEMENT = {
  recordId: 'abc',
  fullUrl: 'urn:uuid:0b3c8a4e-0000-4000-8000-000000000001',
  sender: 'did:example:maria',
  sent: '2026-11-29T12:00:00.000Z',
  text: 'Not “mine”.\nNever was.',
}

test('a dispute is a Communication about its record, and says what was said', () => {
  const bytes = communicationOfDispute(STATEMENT)
  const resource = JSON.parse(textFromBytes(bytes) ?? '')
  equal(resource.about, [
    { reference: STATEMENT.fullUrl, identifier: { system: 'urn:medchain:record', value: 'abc' } },
  ])
  equal(
    [resource.resourceType, resource.status, resource.sent],
    ['Communication', 'completed', STATEMENT.sent],
  )
  is(textOfDispute(bytes), STATEMENT.text)
})

test('other bytes are no dispute', () => {
  for (const text of [
    '',
    '[]',
    '{"resourceType":"Communication"}',
    '{"resourceType":"Communication","payload":[{}]}',
  ])
    is(textOfDispute(bytesFromText(text)), undefined, text)
})

test.run()
