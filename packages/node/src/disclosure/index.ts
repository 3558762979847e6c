export type {
  BatchAnchors,
  HolderFault,
  KeySource,
  OpenedRecord,
  ReadRequest,
  ReadTransport,
  RecordReading,
} from './read-request.ts'
export { readRecords } from './reader.ts'
export { askNode, createRequestTransport, type RequestClient } from './request-transport.ts'
