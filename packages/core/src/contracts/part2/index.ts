export * from './attest.ts'
export * from './declare.ts'
export * from './tables.ts'
