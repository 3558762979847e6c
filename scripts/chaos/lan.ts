import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Nobody has this address: what is sent to it is lost without a word, as behind a dead switch. */
const NOBODY = '02:00:00:00:00:dd'

/** Hosts on two switches, each in a network namespace: `lan` for peers, `api` for clients, who are never cut off. */
export interface Lan {
  readonly apiHost: (host: number) => string
  readonly peerHost: (host: number) => string
  /** The same in every namespace but its own: where a relay towards the host listens. */
  readonly relayHost: (host: number) => string
  /** The command that runs another one on a host. */
  readonly on: (host: number, command: readonly string[]) => readonly string[]
  /** Loses whatever one host sends to the other, acknowledgements of what it gets included. */
  readonly cut: (from: number, to: number) => Promise<void>
  readonly mend: (from: number, to: number) => Promise<void>
  /** Pulls the plug of a host, or puts it back. */
  readonly plug: (host: number, isIn: boolean) => Promise<void>
}

/** A node bounds what one address may have open, so clients have many. */
export const CLIENT_HOSTS = Array.from({ length: 32 }, (_, index) => `10.96.1.${index + 1}`)

const apiHost = (host: number): string => `10.96.0.${host + 1}`
const peerHost = (host: number): string => `10.98.0.${host + 1}`
const relayHost = (host: number): string => `10.99.0.${host + 1}`
const namespace = (host: number): string => `host${host}`

const wire = (host: number): string[][] => {
  const name = namespace(host)
  const plugIn = (bridge: string, inner: string, address: string): string[][] => [
    ['link', 'add', `${bridge}${host}`, 'type', 'veth', 'peer', 'name', inner, 'netns', name],
    ['link', 'set', `${bridge}${host}`, 'master', bridge, 'up'],
    ['-n', name, 'addr', 'add', `${address}/16`, 'dev', inner],
    ['-n', name, 'link', 'set', inner, 'up'],
  ]
  return [
    ['netns', 'add', name],
    ['-n', name, 'link', 'set', 'lo', 'up'],
    ...plugIn('api', 'up0', apiHost(host)),
    ...plugIn('lan', 'up1', peerHost(host)),
  ]
}

/** Makes the network; call it in the enclosure only, which takes it back at its end. */
export const createLan = (hosts: number): Lan => {
  const ip = (...args: readonly string[]): void => void execFileSync('ip', args)
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/run'])
  ip('link', 'set', 'lo', 'up')
  for (const bridge of ['api', 'lan']) {
    ip('link', 'add', bridge, 'type', 'bridge')
    ip('link', 'set', bridge, 'up')
  }
  for (const address of ['10.96.0.254', ...CLIENT_HOSTS]) ip('addr', 'add', `${address}/16`, 'dev', 'api')
  for (let host = 0; host < hosts; host++) for (const args of wire(host)) ip(...args)
  for (let host = 0; host < hosts; host++) {
    for (let other = 0; other < hosts; other++) {
      if (other !== host) ip('-n', namespace(host), 'addr', 'add', `${relayHost(other)}/32`, 'dev', 'lo')
    }
  }
  const inside = async (host: number, ...args: string[]): Promise<void> => {
    await run('ip', ['-n', namespace(host), ...args])
  }
  return {
    apiHost,
    peerHost,
    relayHost,
    on: (host, command) => ['nsenter', `--net=/run/netns/${namespace(host)}`, ...command],
    cut: (from, to) =>
      inside(from, 'neigh', 'replace', peerHost(to), 'lladdr', NOBODY, 'nud', 'permanent', 'dev', 'up1'),
    mend: (from, to) => inside(from, 'neigh', 'del', peerHost(to), 'dev', 'up1'),
    plug: async (host, isIn) => {
      await run('ip', ['link', 'set', `lan${host}`, isIn ? 'up' : 'down'])
    },
  }
}
