import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { exitCodeOf } from '../src/exit-code.ts'

const table: Readonly<Record<string, number>> = {
  'usage.time': 2,
  'words.count': 2,
  'config.damaged': 2,
  'consent.none': 3,
  'consent.revoked': 3,
  'consent.purpose': 3,
  'identity.suspended': 3,
  'keystore.wrong-passphrase': 3,
  'tx.bad-signature': 3,
  'request.signature': 3,
  'identity.unknown': 4,
  'record.not-found': 4,
  'node.unreachable': 5,
  'node.not-ready': 5,
  'record.ciphertext-damaged': 6,
  'record.commitment-mismatch': 6,
  'genesis.mismatch': 6,
  'network.mismatch': 6,
  'audit.altered': 6,
  'network.refused': 7,
  'node.busy': 7,
  'import.partly': 8,
  'import.all-failed': 1,
  'network.port-taken': 1,
  'something.else': 1,
}

test('codes and the numbers that scripts rely on', () => {
  for (const [code, expected] of Object.entries(table)) equal(exitCodeOf(code), expected, code)
})

test.run()
