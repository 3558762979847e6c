export * from './certificate.ts'
export * from './vote.ts'
