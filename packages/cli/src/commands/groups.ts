/** What the first word of a command with several stands for. */
export const GROUPS: Readonly<Record<string, string>> = {
  consent: 'your grants as FHIR Consent resources, out and in',
  contact: 'people and institutions you know by name',
  guardian: 'who acts for a patient, and for whom you act',
  emergency: 'reading when the patient cannot be asked',
  id: 'your identities on this machine',
  member: 'institutions of the network',
  'member propose': 'put a change of the network to the vote of its institutions',
  network: 'a whole consortium on this machine',
  node: 'the daemon of an institution',
  recover: 'getting a record back after the loss of words and wallet',
  record: 'single records: importing, reading, checking',
  staff: 'people and devices for whom an institution vouches',
  subject: 'an institution’s own numbers of its patients',
}

/** First words under the heading of `medchain --help` where one looks for them, in the order in which one needs them. */
export const HEADINGS: readonly (readonly [heading: string, words: readonly string[]])[] = [
  ['To begin', ['connect', 'id', 'register', 'contact', 'whois']],
  [
    'Patients',
    ['grant', 'grants', 'revoke', 'requests', 'notices', 'audit', 'explain', 'export', 'erase', 'erasures'],
  ],
  ['Consent and loss', ['consent', 'guardian', 'recover']],
  ['Records', ['record', 'records', 'chart']],
  ['Clinicians and researchers', ['request-access', 'emergency', 'query']],
  ['Institutions', ['network', 'node', 'member', 'staff', 'subject']],
  ['This program', ['completion', 'help']],
]
