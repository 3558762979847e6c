import type { CommandSpec } from '../command-spec.ts'

export const consentCommands: readonly CommandSpec[] = [
  {
    name: 'consent export',
    arguments: [['[grant]', 'one grant by its id or the beginning of it (default all)']],
    summary: 'write your grants as FHIR R4 Consent resources',
    details:
      'One Consent after IHE PCF for each grant: a single resource for one, a collection Bundle for all. A grant ' +
      'that was revoked or has ended is inactive. Compartments are securityLabel codings of ' +
      'urn:medchain:compartment; people and institutions are identifiers with their DID.',
    options: [['--out <file>', 'write it to this file (default standard output)']],
    examples: ['medchain consent export --out consents.json', 'medchain consent export k3qf7'],
    load: async () => (await import('./export.ts')).exportConsents,
  },
  {
    name: 'consent import',
    arguments: [['<file>', 'a Consent, or a Bundle of them']],
    summary: 'grant what FHIR R4 Consent resources say',
    details:
      'Exceptions of a provision become grants of one set. What grants cannot say exactly is refused with the path ' +
      'of the element, and then nothing of the file is granted. Each import makes new grants: a consent that was ' +
      'revoked stays revoked.',
    options: [
      [
        '--part2 <file>',
        'JSON with the elements of a written consent, for records of a 42 CFR Part 2 programme',
      ],
    ],
    examples: ['medchain consent import consent.json'],
    load: async () => (await import('./import.ts')).importConsents,
  },
  {
    name: 'consent copy',
    arguments: [['<grant>', 'the id of the grant; a patient may write the beginning of it']],
    summary: 'show the written consent behind a grant over records of a 42 CFR Part 2 programme',
    details:
      'Its patient, its grantee and each programme that discloses under it keep a sealed copy. It is shown only as far ' +
      'as its salted hash is the one on the chain.',
    examples: ['medchain consent copy k3qf7'],
    load: async () => (await import('./copy.ts')).copyConsent,
  },
]
