export { examineHome, type Finding } from './doctor/examine-home.ts'
export { openStorage, type Storage, type StorageOptions } from './storage.ts'
export { StorageError } from './storage-error.ts'
export { storageFiles } from './storage-files.ts'
