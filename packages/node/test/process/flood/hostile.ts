// A hostile process: attacks for a number of seconds, then prints what it did.
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
  readonly seconds: number
}

// An attacker's processor is its own: the daemons go first on this machine.
setPriority(19)

process.on('uncaughtException', () => undefined)
process.on('unhandledRejection', () => undefined)

const orders = JSON.parse(process.argv[2] ?? '') as Orders
const { attacks, targets, apiUrls } = orders
const all: Record<string, Poured> = {}
const pouredOf = (attack: string): Poured => {
  all[attack] ??= { count: 0, sizeBytes: 0 }
  return all[attack]
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
          (connection) => connection.newStream(PING_PROTOCOL).then(() => true),
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
  process.stdout.write('begins\n')
  const endMs = Date.now() + orders.seconds * 1000
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
        endMs,
        poured: pouredOf(attack),
      }
      return STREAM_ATTACKS[attack]?.(battle) ?? floodFrames(attack, battle)
    }),
  )
}

const asStranger = async (attack: (endMs: number, poured: Poured) => Promise<void>): Promise<void> => {
  process.stdout.write('begins\n')
  await attack(Date.now() + orders.seconds * 1000, pouredOf(attacks[0] as string))
}

if (attacks[0] === 'strangers') await asStranger((endMs, poured) => floodAsStrangers(targets, endMs, poured))
else if (attacks[0] === 'api') await asStranger((endMs, poured) => floodApi(apiUrls, endMs, poured))
else await asMember()
process.stdout.write(JSON.stringify(all), () => process.exit(0))
