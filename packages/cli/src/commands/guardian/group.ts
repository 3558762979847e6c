import type { CommandSpec } from '../command-spec.ts'

export const guardianCommands: readonly CommandSpec[] = [
  {
    name: 'guardian add',
    arguments: [
      ['<guardian>', 'a full DID, a card file or the name of a contact, with an account of role guardian'],
    ],
    summary: 'let somebody act for you, or help you after a loss',
    details:
      'parent: until majority. court: with the order and its end. proxy: acts once two clinicians have stated that you ' +
      'cannot (guardian activate). recovery: holds a share for medchain recover and reads nothing. Without --compartment ' +
      'the protected ones are left out. A guardian reads, grants and revokes in your place, each in your audit; it ' +
      'appoints nobody, erases nothing, and comes back by your word alone. ' +
      '--json: {guardian, kind, until, guardianships:[{chart, compartment, guardianshipId}], txId, height}; for recovery that of recover setup.',
    options: [
      ['--kind <kind>', 'parent, court, proxy or recovery'],
      ['--compartment <list...>', 'compartments, separated by commas, or all'],
      ['--until <when>', 'majority, the end of the order, or of the proxy (a proxy’s default is one year)'],
      ['--document <file>', 'the court’s order: its hash goes on the chain, the file stays with you'],
      ['--threshold <number>', 'for recovery: how many guardians are needed'],
    ],
    examples: [
      'medchain guardian add mother --kind parent --until 2031-05-04',
      'medchain guardian add uncle --kind proxy --compartment general,medication',
      'medchain guardian add friend --kind recovery',
    ],
    load: async () => (await import('./add.ts')).addGuardian,
  },
  {
    name: 'guardian remove',
    arguments: [['<who>', 'the guardian; for a guardian, the patient whom it no longer wants to act for']],
    summary: 'end it, for good and from the next block on',
    details:
      'What the guardian granted in your name ends with it, and is named; what it forbade stays. ' +
      '--json: {guardian, guardianships:[…], rotation, grantsGiven, txId, height}.',
    options: [['--compartment <list...>', 'end it in these compartments only']],
    examples: ['medchain guardian remove uncle'],
    load: async () => (await import('./remove.ts')).removeGuardian,
  },
  {
    name: 'guardian list',
    summary: 'who acts for you, or for whom you act',
    details:
      'States: active, not-yet, not-activated, reserved, ended, expired. ' +
      '--json: {guardianships:[{guardian, kind, chart, compartment, state, from, until, guardianshipId}], recovery, reserved}.',
    options: [['--resend', 'send the keys to guardians again']],
    examples: ['medchain guardian list', 'medchain guardian list --as mother --json'],
    load: async () => (await import('./list.ts')).listGuardians,
  },
  {
    name: 'guardian activate',
    arguments: [
      ['<subject>', 'the patient'],
      ['<guardian>', 'the proxy'],
    ],
    summary: 'state as a clinician that the patient cannot act',
    details:
      'Two different practitioners are needed. The statement has no content; what it rests on belongs into the record. ' +
      '--json: {subject, guardian, incapable, compartments, txId, height}.',
    options: [['--withdraw', 'take your own statement back']],
    examples: ['medchain guardian activate maria uncle --as dr-lopez'],
    load: async () => (await import('./activate.ts')).activateProxy,
  },
  {
    name: 'guardian reserve',
    summary: 'keep compartments from every guardian, present and future',
    details: 'For what is an adolescent’s own. --json: {compartments, reserved, txId, height}.',
    options: [
      ['--compartment <list...>', 'compartments, separated by commas'],
      ['--lift', 'let guardians in again'],
    ],
    examples: ['medchain guardian reserve --compartment reproductive,mental-health'],
    load: async () => (await import('./reserve.ts')).reserveCompartments,
  },
]
