export { fingerprintOf, networkIdFromFingerprint } from './fingerprint.ts'
export {
  createGenesis,
  type GenesisChoices,
  genesisText,
  memberText,
  parseMember,
  readGenesisFile,
  writeGenesisFile,
} from './genesis-file.ts'
export { initNodeHome, type NewNode } from './init-home.ts'
export {
  createLocalNetwork,
  type LocalNetwork,
  type LocalNetworkOptions,
  type LocalNode,
} from './local-network.ts'
export {
  type Environment,
  type NodeConfig,
  pathFromHome,
  readNodeConfig,
  type SponsorPolicy,
  STORAGE_DEFAULTS,
  type StorageConfig,
  splitEndpoint,
} from './node-config.ts'
export { decodeNodeKeys, encodeNodeKeys, memberFromKeys, type NodeKeys } from './node-keys.ts'
export { findPassphrase, readPassphraseFile } from './passphrase.ts'
export { type NodePaths, nodePaths } from './paths.ts'
