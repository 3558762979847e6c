export * from './anchor.ts'
export * from './tables.ts'
