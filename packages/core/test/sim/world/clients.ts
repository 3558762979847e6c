import type { ClientTransaction } from './load.ts'
import { handle } from './process.ts'
import { type World, worldMs } from './world.ts'

/** The clients' side of the load: they submit, and submit the same bytes elsewhere when no block came. */
export interface Clients {
  /** Hands the transaction to these hosts, and again until it is on the chain. */
  readonly begin: () => void
  readonly submit: (transaction: ClientTransaction, hostIds: readonly number[]) => void
}

const FORGOTTEN = 200

export const createClients = (world: World, isCommitted: (txId: string) => boolean): Clients => {
  const random = world.random.fork(3)
  const open: ClientTransaction[] = []
  let token = 0

  const give = (hostId: number, bytes: Uint8Array): void => {
    const host = world.hosts[hostId]
    token += 1
    if (host) handle(world, host, { type: 'submit', token, bytes })
  }

  const submit: Clients['submit'] = (transaction, hostIds) => {
    for (const id of hostIds) give(id, transaction.bytes)
  }

  const turn = (): void => {
    const { hosts, load, queue, scenario, isFaulty } = world
    const running = hosts.filter(({ replica }) => replica)
    const [host] = random.shuffled(running)
    if (host && isFaulty) {
      const transaction = load.next(worldMs(world))
      if (random.chance(0.05)) give(host.id, load.forgedVariant(transaction))
      if (random.chance(0.02)) give(host.id, load.poison(worldMs(world)))
      submit(transaction, [host.id])
      if (open.length < FORGOTTEN) open.push(transaction)
      else open[random.int(FORGOTTEN)] = transaction
      const again = random.pick(open)
      // The same bytes once more, on the chain or not: a transaction runs once (S6).
      if (random.chance(0.3) || !isCommitted(again.txId)) submit(again, [host.id])
    }
    queue.after(scenario.submitMs * random.between(0.2, 1.8), turn)
  }

  return { begin: turn, submit }
}
