import type { CommandSpec } from '../command-spec.ts'

export const connectCommands: readonly CommandSpec[] = [
  {
    name: 'connect',
    arguments: [['<url>', 'a node’s address, https off this machine']],
    summary: 'say which node to talk to, and which network to trust',
    details:
      'The fingerprint is that of the network’s founding document; ask your institution for it in person or by ' +
      'telephone. Every later command refuses a node of another network.',
    options: [['--fingerprint <f>', 'fingerprint of the network']],
    examples: ['medchain connect https://node.north.example --fingerprint abcd-efgh-…'],
    load: async () => (await import('./connect.ts')).connectTo,
  },
]
