export * from './committed-header.ts'
