import type { CommandSpec } from '../command-spec.ts'

const SIGNED =
  'Signed with the institution’s key: --home is the home of its node, whose passphrase is asked for. ' +
  'More than two thirds of the validators must approve within 24 hours; one change is under way at a time.'

export const memberCommands: readonly CommandSpec[] = [
  {
    name: 'member list',
    summary: 'the institutions of the network, how they take part, and evidence against them',
    examples: ['medchain member list'],
    load: async () => (await import('./list.ts')).listMembers,
  },
  {
    name: 'member proposals',
    summary: 'what the institutions vote on, and the change that is under way',
    options: [['--all', 'also those that passed, failed or expired']],
    examples: ['medchain member proposals', 'medchain member proposals --all --json'],
    load: async () => (await import('./proposals.ts')).listProposals,
  },
  {
    name: 'member propose add',
    arguments: [['<file>', 'member.json of the institution, as its medchain node init wrote it']],
    summary: 'put the admission of an institution to the vote',
    details: `${SIGNED} A validator takes part once its node is in sync and says so, within 100 blocks; where the chain is long or busy, admit it with --observer first.`,
    options: [['--observer', 'it follows the chain without voting']],
    examples: ['medchain member propose add east.json --home /var/lib/medchain'],
    load: async () => (await import('./propose.ts')).proposeAdd,
  },
  {
    name: 'member propose remove',
    arguments: [['<member>', 'DID or public name of the institution']],
    summary: 'put the removal of an institution to the vote',
    details: `${SIGNED} Its account is suspended and its node is let in no more, unless it keeps its account.`,
    options: [['--keep-account', 'it loses its vote only, and stays as an observer']],
    examples: ['medchain member propose remove "North Hospital" --home /var/lib/medchain'],
    load: async () => (await import('./propose.ts')).proposeRemove,
  },
  {
    name: 'member propose params',
    summary: 'put other parameters of the network to the vote',
    details: `${SIGNED} What is not named stays as it is.`,
    options: [
      ['--block-interval-ms <n>', 'shortest time from block to block'],
      ['--heartbeat-ms <n>', 'longest time from block to block'],
      ['--block-bytes-max <n>', 'bytes that a block holds'],
      ['--block-transactions-max <n>', 'transactions that a block holds'],
    ],
    examples: ['medchain member propose params --heartbeat-ms 10000 --home /var/lib/medchain'],
    load: async () => (await import('./propose.ts')).proposeParameters,
  },
  {
    name: 'member propose protocol',
    arguments: [['<version>', 'the next version of the rules']],
    summary: 'put the next version of the rules to the vote',
    details: `${SIGNED} Every node must run software that supports it before that height; others stop there.`,
    options: [['--at-height <n>', 'the first block under it']],
    examples: ['medchain member propose protocol 2 --at-height 500000 --home /var/lib/medchain'],
    load: async () => (await import('./propose.ts')).proposeProtocol,
  },
  {
    name: 'member vote',
    arguments: [['<proposal>', 'its id, in full']],
    summary: 'approve or reject a proposal for this institution',
    details: `${SIGNED} A vote is final.`,
    options: [
      ['--approve', 'in favour'],
      ['--reject', 'against'],
    ],
    examples: ['medchain member vote PROPOSAL --approve --home /var/lib/medchain'],
    load: async () => (await import('./vote.ts')).vote,
  },
]
