import type { NodeConfig } from './node-config.ts'

const json = (value: unknown): string => JSON.stringify(value)

const optionalLine = (key: string, value: string | undefined, example: string): string =>
  value === undefined ? `  // ${json(key)}: ${json(example)},` : `  ${json(key)}: ${json(value)},`

/** The commented `node.json` of a new home. */
export const nodeConfigText = (
  config: NodeConfig,
): string => `// Configuration of a MedChain node. Comments are allowed; an unknown key stops the start.
{
  // Public name of the institution, as the genesis document has it.
  "name": ${json(config.name)},
  "role": ${json(config.role)},

  // Whether the institution votes on blocks.
  "isValidator": ${json(config.isValidator)},

  // Where other nodes connect (MEDCHAIN_LISTEN), and what they are told to dial if that is another address.
  "listen": ${json(config.listen)},
  "announce": ${json(config.announce)},

  // Where the HTTP API listens (MEDCHAIN_API). Off the loopback address put TLS in front of it.
  "api": ${json(config.api)},

  // The network's founding document; needed for the first start, a copy is kept (MEDCHAIN_GENESIS).
${optionalLine('genesis', config.genesis, 'genesis.json')}

  // File with the keystore's passphrase, mode 0600, for a start without a person (MEDCHAIN_PASSPHRASE_FILE).
${optionalLine('passphraseFile', config.passphraseFile, 'passphrase')}

  // Whom the institution enrols: "token" (bearers of a one-time token) or "auto" (everybody who asks).
  "sponsorPolicy": ${json(config.sponsorPolicy)},

  // Whether the institution is a programme under 42 CFR Part 2 (substance use disorder). It declares so on the chain,
  // for good: what it writes is substance-use by default, and others read it only by a consent with the elements of 2.31.
  "part2Program": ${json(config.part2Program)},

  // debug, info, warn, error or silent (MEDCHAIN_LOG_LEVEL).
  "logLevel": ${json(config.logLevel)},

  // A snapshot every so many blocks, for members that join by one (0: none). Of the blocks all are kept (0), or at
  // least so many of the newest. Whether an empty home begins with the members' snapshot.
  "storage": ${json(config.storage)}
}
`
