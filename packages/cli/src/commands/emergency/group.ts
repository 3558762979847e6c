import { EMERGENCY_REASONS } from '@medchain/core'
import type { CommandSpec } from '../command-spec.ts'

const ID = [
  '<id>',
  'its id as medchain emergency list shows it, or at least the first four characters',
] as const
const COMPARTMENT = ['--compartment <list...>', 'compartments, separated by commas, or all'] as const

export const emergencyCommands: readonly CommandSpec[] = [
  {
    name: 'emergency declare',
    arguments: [
      ['<subject>', 'the patient: a full DID, a card file, a contact, or your institution’s number'],
    ],
    summary: 'open the charts of a patient who cannot be asked',
    details:
      'For practitioners of hospitals and pharmacies, reading only, four hours at most. The patient is told at once, ' +
      'each reading is in the patient’s audit, and a privacy officer reviews it within 72 hours. Over the limit of a ' +
      'day, or with a review overdue, a co-signer is needed. While the chain stands still a co-signer of your own ' +
      'institution is always needed (halted: true). --json: {set, emergencyId, state, halted, subject, reason, coSigner, ' +
      'until, emergencies: [{emergencyId, chart, compartment}], failed, txId, height, transactions}.',
    options: [
      ['--reason <code>', `why the patient cannot be asked: ${EMERGENCY_REASONS.join(', ')}`],
      ['--text <text>', 'the reason in your own words; it stays off the chain'],
      ['--site <place>', 'where the patient is'],
      [
        '--co-signer <who>',
        'a practitioner who confirms it with medchain emergency co-sign (default: you are alone)',
      ],
      ['--for <time>', 'how long, e.g. 30m or 2h (default 4h)'],
      COMPARTMENT,
    ],
    examples: [
      'medchain emergency declare maria.card.json --reason unconscious --text "Found at the roadside" --site "Ambulance 7"',
    ],
    load: async () => (await import('./declare.ts')).declare,
  },
  {
    name: 'emergency co-sign',
    arguments: [ID],
    summary: 'confirm an emergency that names you as its co-signer',
    details:
      'From any machine, within 30 minutes. --json: {set, emergencyId, state, emergencies, failed, txId, height, transactions}; ' +
      'while the chain stands still also {halted, institutions: {taken, of}}, and txId is null.',
    examples: ['medchain emergency co-sign k3qf7'],
    load: async () => (await import('./end-emergency.ts')).coSign,
  },
  {
    name: 'emergency close',
    arguments: [ID],
    summary: 'end an emergency: yours, or one that opened your charts',
    details:
      '--json: {set, emergencyId, state, emergencies, failed, txId, height, transactions}; while the chain stands still also ' +
      '{halted, institutions: {taken, of}}, and txId is null.',
    examples: ['medchain emergency close k3qf7'],
    load: async () => (await import('./end-emergency.ts')).close,
  },
  {
    name: 'emergency review',
    arguments: [ID],
    summary: 'say whether an emergency was justified',
    details:
      'For privacy officers of the declarer’s institution or of the one that registered the patient, and for these ' +
      'institutions in the home of their node; never for who declared or co-signed it. --json: {set, emergencyId, review, ' +
      'emergencies, txId, height, transactions}.',
    options: [
      ['--justified', 'it was'],
      ['--unjustified', 'it was not'],
    ],
    examples: ['medchain emergency review k3qf7 --justified'],
    load: async () => (await import('./review.ts')).review,
  },
  {
    name: 'emergency list',
    summary: 'emergencies that opened your charts, that you declared, or that you are to co-sign',
    details:
      '--json: {emergencies: [{emergencyId, set, state, review, chart, compartment, subject, declarer, institution, ' +
      'coSigner, reason, text, site, halted, declaredAt, height, from, until, closedAt, closedBy, reviewedAt, reviewedBy}]}.',
    options: [['--institution', 'all of your institution, for its privacy officers']],
    examples: ['medchain emergency list', 'medchain emergency list --institution --json'],
    load: async () => (await import('./list.ts')).listEmergencies,
  },
  {
    name: 'emergency show',
    arguments: [ID],
    summary: 'all that is known of one emergency',
    details:
      'One id stands for an emergency, in however many charts: set in --json, {set, emergencies}, with each of them ' +
      'as of medchain emergency list.',
    options: [['--institution', 'one of your institution, for its privacy officers']],
    examples: ['medchain emergency show k3qf7'],
    load: async () => (await import('./list.ts')).showEmergency,
  },
  {
    name: 'emergency readiness',
    summary: 'whether your charts could be opened in an emergency',
    details:
      'Asks each custodian whether it holds its share of your keys. --json: {charts: [{chart, compartment, eligible, ' +
      'ready, custodians, needed, renew, institutions}], ready, needed}. Exit code 8 when too few are ready.',
    options: [['--renew', 'split anew what a custodian lost, or what lies with one that left']],
    examples: ['medchain emergency readiness', 'medchain emergency readiness --renew'],
    load: async () => (await import('./readiness.ts')).showReadiness,
  },
  {
    name: 'emergency opt-out',
    summary: 'close your charts to emergencies',
    details:
      'By rule from the next block on, and by the custodians, who delete their shares. --json: {closed, txId, height, ' +
      'transactions}.',
    options: [COMPARTMENT],
    examples: ['medchain emergency opt-out', 'medchain emergency opt-out --compartment genomics'],
    load: async () => (await import('./readiness.ts')).chooseOut,
  },
  {
    name: 'emergency opt-in',
    summary: 'leave charts open to emergencies',
    details:
      'Without --compartment all that are not protected, as at registration. --json: {open, txId, height, transactions}.',
    options: [COMPARTMENT],
    examples: ['medchain emergency opt-in', 'medchain emergency opt-in --compartment mental-health'],
    load: async () => (await import('./readiness.ts')).chooseIn,
  },
  {
    name: 'emergency officer',
    arguments: [['<who>', 'a full DID, a card file or the name of a contact']],
    summary: 'appoint a privacy officer, in the home of the institution’s node',
    details: 'Somebody whom the institution enrolled. --json: {did, isOfficer, txId, height}.',
    options: [['--remove', 'end the office']],
    examples: ['medchain emergency officer dr-ruiz.card.json --home /srv/north-hospital'],
    load: async () => (await import('./officer.ts')).appoint,
  },
]
