export * from './decide.ts'
export * from './give.ts'
export * from './revoke.ts'
export * from './tables.ts'
