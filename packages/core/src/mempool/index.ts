export * from './id-window.ts'
export * from './mempool.ts'
