import { FOR_OPTION } from '../../guarding/for-option.ts'
import type { CommandSpec } from '../command-spec.ts'

export const recordCommands: readonly CommandSpec[] = [
  {
    name: 'record import',
    arguments: [['<path...>', 'files or folders; folders recurse']],
    summary: 'put records into a patient’s charts',
    details:
      'Reads FHIR R4 bundles, single resources and NDJSON, each also as .gz; with --media-type any file, whole. ' +
      'One resource is one record and keeps its exact bytes. What cannot be read is listed and the rest goes on. ' +
      'Running it again imports nothing twice. A record whose own label is stricter than --compartment goes ' +
      'where its label says.',
    options: [
      ['--subject <subject>', 'the patient: a DID, a card file or the name of a contact'],
      ['--compartment <name>', 'auto, or the compartment of all that is not stricter (default auto)'],
      ['--media-type <type>', 'each file is one record of this type, e.g. image/png'],
    ],
    examples: [
      'medchain record import chart.json --subject maria',
      'medchain record import scan.dcm --subject maria --media-type application/dicom',
    ],
    load: async () => (await import('./import.ts')).importRecords,
  },
  {
    name: 'record show',
    arguments: [['<id>', 'the record']],
    summary: 'read a record, byte for byte',
    details:
      'Two institutions decide, log the reading and give one half of the key each. A file given with --out appears ' +
      'only once every byte is verified; on standard output the bytes count only when the command ends with 0.',
    options: [
      ['--purpose <purpose>', 'why you read it (default TREAT; a patient’s own request for the patient)'],
      FOR_OPTION,
      ['--out <file>', 'write it to this file'],
    ],
    examples: ['medchain record show ID --purpose TREAT', 'medchain record show ID --out scan.dcm'],
    load: async () => (await import('./show.ts')).showRecord,
  },
  {
    name: 'record dispute',
    arguments: [['<id>', 'a record that somebody else wrote']],
    summary: 'append to a record what you say against it',
    details:
      'For the patient, a guardian, and whoever may write in the chart; the institution that wrote the record ' +
      'supersedes it instead. The record stays as it is; whoever may read it is told that it is disputed, by whom, ' +
      'and reads your words, and nobody else does. Without --text or --text-file the words are asked for, or come ' +
      'from standard input.',
    options: [
      ['--text <text>', 'what is wrong; other users of this machine may see it while the command runs'],
      ['--text-file <file>', 'the same from a file'],
      [
        '--purpose <purpose>',
        'why you read the record (default TREAT; a patient’s own request for the patient)',
      ],
      FOR_OPTION,
    ],
    examples: [
      'medchain record dispute ID --text-file wrong.txt',
      'medchain record dispute ID --text "I never had this operation."',
    ],
    load: async () => (await import('./dispute.ts')).disputeOneRecord,
  },
  {
    name: 'record move',
    arguments: [['<id>', 'a record that your institution wrote']],
    summary: 'put a record into another compartment of the patient',
    details:
      'For a record that stands where the wrong people may read it. Its exact bytes are sealed anew to the chart of ' +
      'the other compartment, then it is withdrawn where it stood; grants to the one compartment do not open the ' +
      'other. Who could read it until now is listed: that cannot be undone. It takes the reading of the record, which ' +
      'is logged, and a grant to write there. After an interruption the same command goes on.',
    options: [
      ['--compartment <name>', 'where the record belongs'],
      ['--subject <subject>', 'the patient, where no grant to you says whose record it is'],
      ['--purpose <purpose>', 'why you read it (default TREAT)'],
    ],
    examples: ['medchain record move ID --compartment hiv --subject maria'],
    load: async () => (await import('./move.ts')).moveOneRecord,
  },
  {
    name: 'record supersede',
    arguments: [['<id>', 'a record that your institution wrote']],
    summary: 'replace a record by a newer one, or withdraw it',
    details:
      'For good. Lists leave the record out (records --all shows it), and whoever opens it by its id is told. ' +
      'What takes its place is a record of the same chart that your institution wrote.',
    options: [['--by <id>', 'the record that takes its place; without it the record is withdrawn']],
    examples: ['medchain record supersede ID --by NEWID', 'medchain record supersede ID'],
    load: async () => (await import('./supersede.ts')).supersedeRecord,
  },
  {
    name: 'record verify',
    arguments: [['<id|file>', 'a record, or a file that should be one']],
    summary: 'check a record or a file against the chain',
    details:
      'For an id the record is read and every digest compared. For a file the titles of your records are listed, ' +
      'and the one is found that commits to exactly these bytes. What differs is named, with exit code 6.',
    options: [
      ['--subject <subject>', 'whose record a file should be, for people who are not the patient'],
      ['--purpose <purpose>', 'why you look (default TREAT; a patient’s own request for the patient)'],
    ],
    examples: ['medchain record verify ID', 'medchain record verify Observation.json'],
    load: async () => (await import('./verify.ts')).verifyRecord,
  },
]
