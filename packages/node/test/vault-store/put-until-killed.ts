// Run as a process of its own: puts batches without end and prints the number of each that is durable.
import { unwrap } from '@medchain/core'
import { openVaultStore } from '../../src/vault/store/index.ts'
import { envelopes, keyOf, masterKey } from './scratch-vault.ts'

const [folder, from] = process.argv.slice(2) as [string, string]
const vault = unwrap(await openVaultStore({ folder, masterKey, segmentBytesMax: 300_000 }))
for (let number = Number(from); ; number += 10) {
  await vault.putBatch(envelopes(number, number + 10, 2000))
  await vault.erase('envelope', keyOf(number))
  process.stdout.write(`${number}\n`)
}
