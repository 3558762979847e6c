export { mountResearch, type ResearchMount } from './mount-research.ts'
export type { OpenedRecord, ResearchPorts } from './ports.ts'
export type { Research } from './research.ts'
