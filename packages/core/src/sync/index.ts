export * from './answer-request.ts'
export * from './fetcher.ts'
export * from './messages.ts'
export * from './validate-committed.ts'
