export * from './block.ts'
export * from './genesis.ts'
export * from './transaction.ts'
