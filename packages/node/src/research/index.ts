export type { OpenedRecord, ResearchPorts } from './ports.ts'
export { createResearch, type Research } from './research.ts'
