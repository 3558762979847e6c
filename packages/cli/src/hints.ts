const BY_CODE: Readonly<Record<string, string>> = {
  'backup.damaged': 'Restore another backup; what is damaged in this one cannot be made good.',
  'backup.home-taken': '--home names the empty folder to restore into.',
  'backup.newer-format': 'Update this program and restore again.',
  'backup.other-network': 'Compare the fingerprints by telephone and take the backup of this network.',
  'config.damaged': 'Correct node.json, or make the home again with medchain node init.',
  'config.unknown-key': 'Correct the key in node.json; docs/guides/operate.md lists all of them.',
  'consent.expired': 'Ask the patient for a new grant.',
  'audit.export-damaged': 'Name the file that medchain audit --export wrote.',
  'consent.none': 'Ask the patient for access; medchain explain names the rule.',
  'consent.part2': 'The patient gives it with medchain grant … --part2 FILE.',
  'consent.purpose': 'Name the purpose that was granted with --purpose.',
  'consent.revoked': 'Ask the patient for a new grant.',
  'consent.unknown-grant': 'medchain grants lists yours.',
  'consent.unknown-grantee': 'The grantee runs medchain register first.',
  'guardian.none': 'medchain guardian list shows for whom you act, and where.',
  'guardian.not-activated': 'Two clinicians run medchain guardian activate.',
  'emergency.awaiting':
    'The co-signer runs medchain emergency co-sign ID, within 30 minutes of the declaration.',
  'emergency.closed': 'medchain emergency declare opens the charts again, if the need is there.',
  'emergency.expired': 'medchain emergency declare opens the charts again, if the need is there.',
  'emergency.limit': 'Name a practitioner of another institution with --co-signer.',
  'emergency.review-overdue':
    'Name another practitioner with --co-signer, and ask your privacy officer for the review.',
  'genesis.mismatch': 'Compare the fingerprints by telephone and start with the right genesis file.',
  'governance.proposal-open':
    'It ends with its vote, when enough others reject it, or after 24 hours; medchain member proposals shows it.',
  'identity.rotated': 'medchain id restore NAME with the new words makes the identity again.',
  'identity.suspended':
    'Ask the institution that enrolled you; an institution that was voted out asks the members.',
  'identity.unknown': 'medchain register puts an identity on the chain.',
  'keystore.missing': 'medchain id list shows the identities of this home; --home names another one.',
  'keystore.wrong-passphrase': 'Try again; with the 24 words, medchain id restore makes a new keystore.',
  'network.mismatch': 'Check --node, or trust the new network with medchain connect URL --fingerprint F.',
  'network.port-taken': 'Stop what listens there, or choose another port.',
  'node.not-ready': 'medchain node status shows how far it is; try again in a moment.',
  'node.unreachable': 'Is it running? medchain node start starts one; --node names another.',
  'passphrase.missing': 'Give --passphrase-file FILE or set MEDCHAIN_PASSPHRASE.',
  'recover.early': 'medchain recover status says from when on.',
  'recover.not-open': 'Guardians run medchain recover approve, or the institution medchain recover vouch.',
  'recover.vetoed': 'One guardian more than were needed, or the institution, can overrule it.',
  'storage.block-awaited': 'Check the way to the other nodes and start again.',
  'storage.full': 'Make room on the disk and start the node again.',
  'storage.locked': 'medchain node stop ends the daemon of this home.',
  'storage.newer-format': 'Update this program and start again.',
  'storage.write-failed': 'Check that the folder is there, who owns it, its mount, and the kernel’s log.',
  'vault.wrong-master-key': 'Restore the keystore that belongs to this vault.',
  'words.checksum': 'Check the order of the words against what was written down.',
}

const BY_PREFIX: readonly (readonly [string, string])[] = [
  ['usage.', 'medchain help COMMAND shows how it is used.'],
  ['storage.', 'medchain node doctor names what is damaged; docs/guides/operate.md says what to do.'],
  ['wal.', 'medchain node recover says what it means and what it will do; never delete node/wal.'],
  ['words.', 'Type the 24 words in their order, separated by spaces.'],
  ['audit.', 'Tell the patient and the institution named; medchain audit --verify repeats the check.'],
]

/** The next step after an error, where there is a usual one. */
export const hintOf = (code: string, command?: string): string | undefined => {
  const hint = BY_CODE[code] ?? BY_PREFIX.find(([prefix]) => code.startsWith(prefix))?.[1]
  return command === undefined ? hint : hint?.replace('help COMMAND', `${command} --help`)
}
