import { didFromAccountId } from '@medchain/core'
import { test } from 'uvu'
import { equal } from 'uvu/assert'
import type { ReceivedRequest } from '../../src/asking/open-request.ts'
import { requesterText } from '../../src/asking/request-json.ts'

const id = new Uint8Array(32).fill(3)
const did = didFromAccountId(id)

const received = (name?: string): ReceivedRequest =>
  ({
    requester: {
      id,
      account: { role: 'practitioner' },
      sponsor: { account: { institutionName: 'south-hospital' } },
    },
    attestation: name === undefined ? undefined : { name },
  }) as unknown as ReceivedRequest

test('who asks: what the person calls them first, and what their institution attests', () => {
  const known = new Map([[did, 'lopez']])
  const cases: readonly (readonly [string, string])[] = [
    [requesterText(received()), 'somebody of unknown name, practitioner at south-hospital'],
    [requesterText(received('Ana Lopez')), 'Ana Lopez, practitioner at south-hospital'],
    [requesterText(received(), known), 'lopez (of no attested name), practitioner at south-hospital'],
    [requesterText(received('Ana Lopez'), known), 'lopez (Ana Lopez), practitioner at south-hospital'],
    [requesterText(received('lopez'), known), 'lopez, practitioner at south-hospital'],
  ]
  for (const [text, expected] of cases) equal(text, expected)
})

test.run()
