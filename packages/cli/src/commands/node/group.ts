import type { CommandSpec } from '../command-spec.ts'

export const nodeCommands: readonly CommandSpec[] = [
  {
    name: 'node init',
    summary: 'make the home of a node: keys, configuration and the file for the other members',
    details:
      'The passphrase protects the keys. HOME/member.json goes to whoever puts the genesis document together; ' +
      'it holds public keys only.',
    options: [
      ['--name <text>', 'public name of the institution'],
      [
        '--role <role>',
        'hospital, laboratory, pharmacy, manufacturer, distributor, insurer, research, regulator, procurement',
      ],
      ['--listen <multiaddr...>', 'where other nodes connect (default /ip4/0.0.0.0/tcp/7840)'],
      ['--announce <multiaddr...>', 'what other nodes dial, when it is another address'],
      ['--api <host:port>', 'where the HTTP API listens (default 127.0.0.1:7740)'],
      ['--observer', 'follow the chain without voting'],
    ],
    examples: [
      'medchain node init --name "North Hospital" --role hospital --announce /dns4/node.north.example/tcp/7840',
    ],
    load: async () => (await import('./init.ts')).initNode,
  },
  {
    name: 'node genesis',
    summary: 'put the founding document of a network together, or show one',
    details:
      'Every member compares the fingerprint it prints, by telephone, before starting: --check FILE prints it ' +
      'of the document that was received, with the institutions in it.',
    options: [
      ['--member <file...>', 'member files, one for each institution'],
      ['--out <file>', 'where the genesis document goes'],
      ['--name <text>', 'name of the network'],
      ['--check <file>', 'show this founding document; nothing is written'],
    ],
    examples: [
      'medchain node genesis --check genesis.json',
      'medchain node genesis --member north.json south.json lab.json research.json --out genesis.json',
    ],
    load: async () => (await import('./genesis.ts')).writeGenesis,
  },
  {
    name: 'node start',
    summary: 'run the daemon of this home until it is stopped',
    options: [
      ['--genesis <file>', 'founding document; needed for the first start unless node.json names it'],
      ['--listen <multiaddr...>', 'in place of what node.json says'],
      ['--api <host:port>', 'in place of what node.json says'],
      ['--snapshot', 'begin an empty home with a snapshot of the chain that the members hand on'],
    ],
    examples: ['medchain node start --home /var/lib/medchain --genesis genesis.json'],
    load: async () => (await import('./start.ts')).startNode,
  },
  {
    name: 'node stop',
    summary: 'let the daemon of this home finish what it does, and end it',
    examples: ['medchain node stop --home /var/lib/medchain'],
    load: async () => (await import('./stop.ts')).stopNode,
  },
  {
    name: 'node status',
    summary: 'height, state and neighbours of a node',
    options: [['--height <n>', 'block and state of that height; waits up to 10 s for a height to come']],
    examples: ['medchain node status', 'medchain node status --height 120 --json'],
    load: async () => (await import('./status.ts')).showStatus,
  },
  {
    name: 'node peers',
    summary: 'the other institutions’ nodes, and how far away they are',
    examples: ['medchain node peers'],
    load: async () => (await import('./peers.ts')).listPeers,
  },
  {
    name: 'node invite',
    summary: 'make a one-time enrolment token for a patient or a member of staff',
    details:
      'The token is good for the role that it was made for: a patient’s token makes nobody a practitioner.',
    options: [['--role <role>', 'patient, practitioner, researcher, device or guardian (default patient)']],
    examples: [
      'medchain node invite --home /var/lib/medchain',
      'medchain node invite --role practitioner --home /var/lib/medchain',
    ],
    load: async () => (await import('./invite.ts')).inviteSomebody,
  },
  {
    name: 'node logs',
    summary: 'what the daemon of this home logged',
    options: [
      ['--lines <n>', 'from how many lines before the end (default 50)'],
      ['--follow', 'go on until interrupted'],
    ],
    examples: ['medchain node logs --follow'],
    load: async () => (await import('./logs.ts')).showLogs,
  },
  {
    name: 'node doctor',
    summary: 'check everything a node has stored, and say what is damaged',
    details:
      'Reads only, also while the daemon runs. Blocks are checked against their hashes and signatures, the state ' +
      'against its root, ciphertexts and the audit log against the chain. Exit code 6 when anything is damaged.',
    examples: ['medchain node doctor --home /var/lib/medchain'],
    load: async () => (await import('./doctor.ts')).examineNode,
  },
  {
    name: 'node recover',
    summary: 'say what keeps a stopped node from voting, and repair it where that is safe',
    details:
      'Changes nothing without --apply; exit code 6 when something is to be done. Nothing is deleted, and nothing that ' +
      'it does lets the validator sign twice, but for --unsafe-vote-from: it is for a validator without memory, when ' +
      'more than a third of them lost theirs at once and all operators have agreed on the height.',
    options: [
      ['--apply', 'carry out what is said'],
      ['--unsafe-vote-from <height>', 'vote from this height on although it is not known what was signed'],
      ['--i-know-that-this-may-sign-twice', 'needed for that without a terminal'],
    ],
    examples: [
      'medchain node recover --home /var/lib/medchain',
      'medchain node recover --home /var/lib/medchain --apply',
    ],
    load: async () => (await import('./recover.ts')).recoverNode,
  },
  {
    name: 'node backup',
    summary: 'write everything that only this node has into one file',
    details:
      'Also while the daemon runs. The file has mode 0600 and holds the chain, the vault, what is still to be delivered, ' +
      'the audit log and the keystore as it stands, but not the memory of votes: a restored node cannot sign twice.',
    arguments: [['<file>', 'where the backup goes; must not be there yet']],
    examples: ['medchain node backup /srv/backup/medchain-2027-01-01.tar --home /var/lib/medchain'],
    load: async () => (await import('./backup.ts')).backUpNode,
  },
  {
    name: 'node restore',
    summary: 'make the home of a node from a backup',
    details:
      'Only into an empty home. Every file is compared with what was written before anything is put in its place; after ' +
      'a refusal or an interruption nothing of it stays.',
    arguments: [['<file>', 'a file of medchain node backup']],
    options: [['--fingerprint <fingerprint>', 'the network that the backup has to be of']],
    examples: ['medchain node restore /srv/backup/medchain-2027-01-01.tar --home /var/lib/medchain'],
    load: async () => (await import('./restore.ts')).restoreNode,
  },
  {
    name: 'node dashboard',
    summary: 'watch a node live',
    details:
      'Keys: q ends it, p pauses, arrows choose a block. Plain text when the output is not a terminal.',
    examples: ['medchain node dashboard --node http://127.0.0.1:7741'],
    load: async () => (await import('./dashboard.ts')).watchNode,
  },
  {
    name: 'node hold',
    arguments: [['[record...]', 'full ids of records that this institution wrote']],
    summary: 'keep records from being erased, by a legal hold or a retention period',
    details:
      'What waits for its 72 hours is taken out of the erasure; what is due already cannot be held. The digest of ' +
      'the document goes onto the chain, the document does not. Reasons: litigation, investigation, public-health, ' +
      'and retention-2y (controlled substances) or retention-6y (DSCSA), which end by themselves.',
    options: [
      ['--reason <code>', 'why'],
      ['--document <file>', 'the order or the rule that it rests on'],
      ['--chart <did>', 'a whole chart; a regulator only'],
    ],
    examples: ['medchain node hold 2kq… --reason litigation --document order.pdf --home ./north-hospital'],
    load: async () => (await import('./hold.ts')).placeHolds,
  },
  {
    name: 'node release',
    arguments: [['<hold>', 'its full id']],
    summary: 'end a hold that this institution placed',
    examples: ['medchain node release 7fq… --home ./north-hospital'],
    load: async () => (await import('./release.ts')).endHold,
  },
  {
    name: 'node retire',
    summary: 'destroy the vault of a stopped node whose institution has left the network',
    details:
      'Everything that the node keeps of patients is overwritten and removed: ciphertexts, release keys, index, outboxes. ' +
      'Blocks, audit log and keystore stay. Other members make new copies of what they still have; first see that ' +
      'they have, with medchain member list and their logs.',
    examples: ['medchain node retire --home ./north-hospital --yes'],
    load: async () => (await import('./retire.ts')).retireNode,
  },
]
