// A hostile process: attacks until it is killed, and prints what it did so far, a line at a time.
import { setPriority } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { PING_PROTOCOL } from '../../../src/network/protocol-ids.ts'
import { type Battle, floodFrames } from './consensus-attacks.ts'
import { createHostileMember, type HostileMember } from './hostile-member.ts'
import type { Poured } from './pour.ts'
import { floodApi, floodAsStrangers } from './stranger-attacks.ts'
import { STREAM_ATTACKS } from './stream-attacks.ts'

export interface Orders {
  readonly attacks: readonly string[]
  readonly home: string
  readonly sender: number
  readonly networkId: string
  readonly targets: readonly string[]
  readonly apiUrls: readonly string[]
}

const TALLY_MS = 250
/** An attacker's processor is its own, the daemons go before it on this machine; lower still, it starves. */
const ATTACKER_NICE = 10

// What libp2p throws when a daemon hangs up; an attack that ends is seen below.
process.on('uncaughtException', () => undefined)
process.on('unhandledRejection', () => undefined)

const orders = JSON.parse(process.argv[2] ?? '') as Orders
const { attacks, targets, apiUrls } = orders
const all: Record<string, Poured> = {}
const pouredOf = (attack: string): Poured => {
  all[attack] ??= { count: 0, sizeBytes: 0 }
  return all[attack]
}

const begin = (): void => {
  setPriority(ATTACKER_NICE)
  for (const attack of attacks) pouredOf(attack)
  setInterval(() => process.stdout.write(`${JSON.stringify(all)}\n`), TALLY_MS)
}

const follow = (): (() => number) => {
  let height = 1
  const look = async (): Promise<void> => {
    const status = await fetch(`${apiUrls[0]}/v1/status`).then((answer) => answer.json())
    height = (status as { height: number }).height + 1
  }
  setInterval(() => void look().catch(() => undefined), 500).unref()
  return () => height
}

/** Waits until every target lets the member in: it may be shut out since its last attack. */
const getIn = async ({ targets: addresses, connect }: HostileMember): Promise<void> => {
  for (const target of addresses) {
    for (let isIn = false; !isIn; ) {
      isIn = await connect(target)
        .then(
          (connection) =>
            connection.newStream(PING_PROTOCOL, { signal: AbortSignal.timeout(3_000) }).then(() => true),
          () => false,
        )
        .catch(() => false)
      if (!isIn) await delay(250)
    }
  }
}

/** The first attack at the first target, the second at the second, and so on. */
const asMember = async (): Promise<void> => {
  const networkId = new Uint8Array(Buffer.from(orders.networkId, 'hex'))
  const member = await createHostileMember(orders.home, networkId, targets)
  await getIn(member)
  begin()
  const height = follow()
  await Promise.all(
    member.targets.map((target, index) => {
      const attack = attacks[index % attacks.length] as string
      const part = { ...member, targets: [target] }
      const battle: Battle = {
        member: part,
        networkId,
        sender: orders.sender,
        height,
        poured: pouredOf(attack),
      }
      return STREAM_ATTACKS[attack]?.(battle) ?? floodFrames(attack, battle)
    }),
  )
}

const asStranger = async (attack: (poured: Poured) => Promise<void>): Promise<void> => {
  begin()
  await attack(pouredOf(attacks[0] as string))
}

const attackAll = (): Promise<void> => {
  if (attacks[0] === 'strangers') return asStranger((poured) => floodAsStrangers(targets, poured))
  if (attacks[0] === 'api') return asStranger((poured) => floodApi(apiUrls, poured))
  return asMember()
}

const reason = await attackAll().then(
  () => 'nothing is left to do',
  (error: unknown) => String(error),
)
process.stderr.write(`the attack ended: ${reason}\n`, () => process.exit(1))
