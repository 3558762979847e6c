import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { networkIdOf, unwrap } from '@medchain/core'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import {
  createLocalNetwork,
  decodeNodeKeys,
  fingerprintOf,
  memberFromKeys,
  networkIdFromFingerprint,
  nodePaths,
  readGenesisFile,
  readNodeConfig,
  readPassphraseFile,
} from '../../src/config/index.ts'
import { readKeystore } from '../../src/keystore/index.ts'

test('a local network is four homes and a genesis document that fit each other', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'medchain-local-'))
  try {
    const network = unwrap(await createLocalNetwork({ dir, validators: 4, basePort: 9000 }))
    equal(
      network.nodes.map(({ name, role, apiPort, p2pPort }) => [name, role, apiPort, p2pPort]),
      [
        ['north-hospital', 'hospital', 9000, 9100],
        ['south-hospital', 'hospital', 9001, 9101],
        ['city-laboratory', 'laboratory', 9002, 9102],
        ['research-institute', 'research', 9003, 9103],
      ],
    )
    const genesis = unwrap(await readGenesisFile(network.genesisFile))
    equal(genesis, network.genesis)
    equal(unwrap(networkIdFromFingerprint(network.fingerprint)), networkIdOf(genesis))
    equal(fingerprintOf(networkIdOf(genesis)), network.fingerprint)
    for (const [index, node] of network.nodes.entries()) {
      const paths = nodePaths(node.home)
      const config = unwrap(await readNodeConfig(node.home))
      equal(
        [config.sponsorPolicy, config.passphraseFile, config.genesis],
        ['auto', 'passphrase', '../genesis.json'],
      )
      equal((await stat(paths.keystore)).mode & 0o777, 0o600)
      const passphraseFile = path.join(node.home, 'passphrase')
      equal((await stat(passphraseFile)).mode & 0o777, 0o600)
      const passphrase = unwrap(await readPassphraseFile(passphraseFile))
      const keys = unwrap(decodeNodeKeys(unwrap(await readKeystore(paths.keystore, passphrase))))
      equal(memberFromKeys(keys, genesis.members[index]!), genesis.members[index])
      ok(['audit', 'blocks', 'keys', 'state', 'vault', 'wal'].every((name) => paths.data.length > 0 && name))
      equal((await readdir(paths.data)).sort(), ['audit', 'blocks', 'keys', 'state', 'vault', 'wal'])
    }
    const again = await createLocalNetwork({ dir, validators: 4, basePort: 9000 })
    equal(again.ok ? '' : again.code, 'config.exists')
  } finally {
    await rm(dir, { recursive: true })
  }
})

test('fewer than four validators, and names that are no folders, are refused', async () => {
  const few = await createLocalNetwork({ dir: '/nowhere', validators: 3, basePort: 9000 })
  equal(few.ok ? '' : few.code, 'config.validators')
  const names = await createLocalNetwork({ dir: '/nowhere', validators: 4, basePort: 9000, names: ['../x'] })
  equal(names.ok ? '' : names.code, 'config.names')
})

test.run()
