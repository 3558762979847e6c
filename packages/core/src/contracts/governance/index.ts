export * from './genesis.ts'
export * from './tables.ts'
export * from './validator-history.ts'
