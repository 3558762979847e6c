export { shredFile, syncFolder, writeFileAtomic } from './atomic-file.ts'
export { nodeCiphers } from './ciphers.ts'
export { KEYSTORE_CODES } from './codes.ts'
export { type Passphrase, readKeystore, writeKeystore } from './keystore-file.ts'
