export { generatePatient, type SyntheticPatient } from './generate-patient.ts'
