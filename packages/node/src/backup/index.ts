export { type Backup, type BackupOptions, createBackup } from './create-backup.ts'
export { type Restored, type RestoreOptions, restoreHome } from './restore-home.ts'
