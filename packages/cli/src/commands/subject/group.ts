import type { CommandSpec } from '../command-spec.ts'

const WHO =
  'Asked by staff, or in the home of the institution’s node by the institution. The numbers lie in the ' +
  'institution’s own directory, encrypted, and never on the chain.'

export const subjectCommands: readonly CommandSpec[] = [
  {
    name: 'subject link',
    arguments: [
      ['<mrn>', 'the institution’s own number of the patient'],
      ['<who>', 'a full DID, a card file or the name of a contact'],
    ],
    summary: 'let a medical record number stand for a patient, within this institution',
    details: `${WHO} Staff may then name the number wherever a subject is asked for.`,
    examples: ['medchain subject link 00417-22 maria.card.json'],
    load: async () => (await import('./link.ts')).linkSubject,
  },
  {
    name: 'subject unlink',
    arguments: [['<mrn>', 'the number']],
    summary: 'take a number off its patient',
    details: WHO,
    examples: ['medchain subject unlink 00417-22'],
    load: async () => (await import('./unlink.ts')).unlinkSubject,
  },
  {
    name: 'subject list',
    summary: 'the numbers of this institution and whom they stand for',
    details: WHO,
    examples: ['medchain subject list'],
    load: async () => (await import('./list.ts')).listSubjects,
  },
]
