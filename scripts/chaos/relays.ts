import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import type { Lan } from './lan.ts'
import type { RelayOrder, RelayRoute, Weather } from './relay-orders.ts'

const entry = path.join(import.meta.dirname, 'relay.ts')

/** A relay on each host, through which its daemon dials all others. */
export interface Relays {
  /** How connections that one host dialled to the other are, both directions alike; undefined clears it. */
  readonly setWeather: (from: number, to: number, weather: Weather | undefined) => void
  /** Resets every connection that one host dialled to the other. */
  readonly reset: (from: number, to: number) => void
  readonly close: () => void
}

const startRelay = (lan: Lan, host: number, routes: readonly RelayRoute[]): Promise<ChildProcess> =>
  new Promise((resolve, reject) => {
    const node = [process.execPath, '--conditions=medchain-source', entry, JSON.stringify(routes)]
    const [command = '', ...args] = lan.on(host, node)
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    child.once('message', () => resolve(child))
    child.once('exit', (code) => reject(new Error(`the relay of host ${host} ended with ${code}`)))
  })

export const startRelays = async (lan: Lan, hosts: number, port: number): Promise<Relays> => {
  const all = Array.from({ length: hosts }, (_, host) => host)
  const routesOf = (host: number): RelayRoute[] =>
    all
      .filter((to) => to !== host)
      .map((to) => ({ to, listenHost: lan.relayHost(to), listenPort: port, host: lan.peerHost(to), port }))
  const children = await Promise.all(all.map((host) => startRelay(lan, host, routesOf(host))))
  const tell = (host: number, order: RelayOrder): void => void children[host]?.send(order)
  return {
    setWeather: (from, to, weather) => tell(from, { kind: 'weather', to, ...(weather && { weather }) }),
    reset: (from, to) => tell(from, { kind: 'reset', to }),
    close: () => {
      for (const child of children) child.kill('SIGKILL')
    },
  }
}
