export * from './proposer.ts'
export * from './quorum.ts'
export * from './validator-set.ts'
