import type { CommandSpec } from '../command-spec.ts'

const DIR = ['--dir <dir>', 'folder of the local network'] as const

export const networkCommands: readonly CommandSpec[] = [
  {
    name: 'network local',
    summary: 'make a whole consortium on this machine, ready to start',
    details:
      'Writes DIR/genesis.json and one home for each institution. API ports count upwards from --base-port, ' +
      'peer-to-peer ports from 100 above it. Each home holds its own keys and the passphrase to start unattended: ' +
      'for trying out, not for patients.',
    options: [
      DIR,
      ['--validators <n>', 'how many institutions (default 4)'],
      ['--base-port <port>', 'first API port (default 7740)'],
    ],
    examples: ['medchain network local --validators 4 --dir ./consortium'],
    load: async () => (await import('./local.ts')).makeLocalNetwork,
  },
  {
    name: 'network up',
    summary: 'run a local consortium, each institution as a process of its own',
    details: 'Logs are in DIR/<institution>/node.log, process ids in DIR/<institution>/node.pid.',
    options: [DIR, ['--detach', 'return once all are ready, and leave them running']],
    examples: ['medchain network up --dir ./consortium --detach'],
    load: async () => (await import('./up.ts')).bringNetworkUp,
  },
  {
    name: 'network down',
    summary: 'stop a local consortium',
    options: [DIR],
    examples: ['medchain network down --dir ./consortium'],
    load: async () => (await import('./down.ts')).takeNetworkDown,
  },
]
