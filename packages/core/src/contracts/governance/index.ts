export * from './genesis.ts'
export * from './tables.ts'
