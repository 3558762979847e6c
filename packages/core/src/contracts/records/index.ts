export * from './anchor.ts'
export * from './holders.ts'
export * from './tables.ts'
