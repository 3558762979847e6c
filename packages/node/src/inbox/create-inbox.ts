import path from 'node:path'
import {
  ACCESS_REQUEST_AGE_MS_MAX,
  type AccessSending,
  type Action,
  accessAnswer,
  accessBlock,
  accessDeliver,
  accessKey,
  accessList,
  accessReturn,
  accessSend,
  accessUnblock,
  accounts,
  bytesFromText,
  concatBytes,
  decode,
  decodeSignedRequest,
  equalBytes,
  institutionsIn,
  isInstitutionRole,
  type ListedAccessRequest,
  ok,
  type Result,
} from '@medchain/core'
import { institutionOf } from '../custody/anchoring.ts'
import { createOutboxFolder } from '../custody/outbox-folder.ts'
import type { PersonCharts } from '../directory/person-charts.ts'
import { createForwarding, readSignedItem } from '../directory/signed-items.ts'
import { nodeCiphers } from '../keystore/index.ts'
import type { Dispatcher } from '../requests/dispatcher.ts'
import type { PeerExchange } from '../requests/peer-exchange.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { createRepeating } from '../requests/repeating.ts'
import { signRequest } from '../requests/sign-request.ts'
import { refuseInbox } from './codes.ts'
import { createReceivedRequests, type ReceivedRequests } from './received-requests.ts'
import { createSentRequests, type SentRequests } from './sent-requests.ts'

const CARRY_FIRST_MS = 1000
const CARRY_LONGEST_MS = 60_000
const SWEEP_MS = 600_000
const LISTED_MAX = 500
const EXPIRY_MS_MIN = 3_600_000
/** How long an answer is worth carrying after the request itself has expired. */
const ANSWER_KEPT_MS = 30 * 86_400_000

export interface Inbox {
  readonly start: () => void
  readonly close: () => Promise<void>
  /** Carries what waits to other institutions; answers how much still waits. */
  readonly flush: () => Promise<number>
  /** Drops what has expired; answers how many. */
  readonly sweep: () => Promise<number>
}

export interface InboxOptions {
  /** This room's own folder. */
  readonly folder: string
  readonly people: Pick<PersonCharts, 'of'>
  /** The X25519 key that a person's letters are sealed to, as far as this node knows it. */
  readonly sealingKeyOf: (person: Uint8Array) => Promise<Uint8Array | undefined>
}

const expiryIn = (bytes: Uint8Array): number => {
  const request = decodeSignedRequest(bytes)
  if (!request.ok) return 0
  const { payload } = request.value.request
  const delivery = decode(accessDeliver.payload, payload)
  const answer = delivery.ok ? delivery : decode(accessReturn.payload, payload)
  return answer.ok ? answer.value.expiresMs : 0
}

interface Kept {
  readonly received: ReceivedRequests
  readonly sent: SentRequests
}

const serveLists = (dispatcher: Dispatcher, { received, sent }: Kept): void => {
  dispatcher.handle(accessList, async (_payload, { actor }) => {
    const all: ListedAccessRequest[] = []
    for (const list of [await received.list(actor), await sent.list(actor)]) {
      if (!list.ok) return list
      all.push(...list.value)
    }
    const blocks = await received.blocks(actor)
    if (!blocks.ok) return blocks
    const requests = all.sort((a, b) => a.createdMs - b.createdMs).slice(-LISTED_MAX)
    return ok({ requests, blocks: blocks.value })
  })
  dispatcher.handle(accessBlock, async ({ requestId, note }, { actor }) => {
    const blocked = await received.block(actor, requestId, note)
    return blocked.ok ? ok([]) : blocked
  })
  dispatcher.handle(accessUnblock, async (block, { actor }) => {
    await received.unblock(actor, block)
    return ok([])
  })
}

/** Requests for access: sent by this institution's people, kept for the patients whose home it is (I5 to I9). */
export const createInbox = async (
  ports: PrivacyPorts,
  exchange: PeerExchange,
  dispatcher: Dispatcher,
  { folder, people, sealingKeyOf }: InboxOptions,
): Promise<Inbox> => {
  const { chain, self, clock } = ports
  const outbox = await createOutboxFolder(path.join(folder, 'outbox'))
  const isOver = (bytes: Uint8Array): boolean => expiryIn(bytes) <= clock.wallMs()
  const carrying = createForwarding(outbox, exchange, ports.logger, { type: 'carry-letter', isOver })
  const sent = createSentRequests(ports)
  const received = createReceivedRequests(ports)

  const isHomeOf = async (person: Uint8Array): Promise<boolean> => {
    const charts = await people.of(person)
    return charts.ok && charts.value.length > 0
  }

  /** Whether the account asks in its own right or for its institution, which is this one. */
  const mayAsk = (actor: Uint8Array): boolean => {
    const account = chain.head().view.get(accounts, actor)
    const institution = institutionOf(actor, account)
    const isOfThis = institution !== undefined && equalBytes(institution, self.id)
    const asks =
      account !== undefined &&
      (isInstitutionRole(account.role) || account.role === 'practitioner' || account.role === 'researcher')
    return isOfThis && asks && account.status === 'active'
  }

  const keyed = (use: string, ...parts: readonly Uint8Array[]): Uint8Array =>
    nodeCiphers.hmacSha256(self.importSecret, concatBytes(bytesFromText(use), ...parts))

  /** Signed by the institution: who asks stands inside, sealed. */
  const signed = <P, A>(action: Action<P, A>, payload: P): Uint8Array =>
    signRequest(
      { networkId: chain.networkId, node: self.id, actor: self.id, sign: self.sign, nowMs: clock.wallMs() },
      action,
      payload,
    )

  const carry = async (institution: Uint8Array, name: Uint8Array, bytes: Uint8Array): Promise<void> => {
    await carrying.put(institution, name, bytes)
    repeating.nudge()
  }

  const send = async (sending: AccessSending, actor: Uint8Array): Promise<Result<readonly []>> => {
    if (!mayAsk(actor)) return refuseInbox('requests.not-staff')
    const { requestId, subject, sealed, expiresMs } = sending
    const createdMs = clock.wallMs()
    const lastsMs = expiresMs - createdMs
    if (lastsMs < EXPIRY_MS_MIN || lastsMs > ACCESS_REQUEST_AGE_MS_MAX) return refuseInbox('requests.expiry')
    const sender = keyed('medchain/access-sender/1', actor, subject)
    const added = await sent.add(actor, sender, sending)
    if (!added.ok) return added
    const delivery = { requestId, subject, sender, sealed, createdMs, expiresMs }
    if (await isHomeOf(subject)) {
      await received.add(self.id, delivery)
      return ok([])
    }
    // Nobody here knows the patient's home: every institution gets it, and all but the home forget it.
    const bytes = signed(accessDeliver, delivery)
    const others = institutionsIn(chain.head().view).filter((id) => !equalBytes(id, self.id))
    for (const institution of others) await carry(institution, requestId, bytes)
    return ok([])
  }

  /** A letter from another institution's node; the answer is the same whether or not anybody here gets it. */
  const take = async (from: Uint8Array, bytes: Uint8Array): Promise<Result<void>> => {
    const delivery = readSignedItem(accessDeliver, bytes, ports)
    if (delivery.ok) {
      const { payload, statement } = delivery.value
      const lastsMs = payload.expiresMs - clock.wallMs()
      const isWorthIt =
        equalBytes(statement.actor, from) &&
        lastsMs > 0 &&
        lastsMs <= ACCESS_REQUEST_AGE_MS_MAX &&
        (await isHomeOf(payload.subject))
      if (isWorthIt) await received.add(from, payload)
      return ok(undefined)
    }
    const answer = readSignedItem(accessReturn, bytes, ports)
    if (!answer.ok) return answer
    if (equalBytes(answer.value.statement.actor, from)) await sent.answer(answer.value.payload)
    return ok(undefined)
  }

  exchange.on('carry-letter', async (from, { bytes }) => {
    const taken = await take(from, bytes)
    return taken.ok ? ok({ type: 'receipt' }) : taken
  })

  dispatcher.handle(accessSend, (sending, { actor }) => send(sending, actor))
  dispatcher.handle(accessKey, async ({ subject }, { actor }) => {
    if (!mayAsk(actor)) return refuseInbox('requests.not-staff')
    const decoy = nodeCiphers.x25519Public(keyed('medchain/access-decoy/1', subject))
    const sealingKey = await sealingKeyOf(subject)
    return ok({ sealingKey: sealingKey ?? decoy })
  })
  serveLists(dispatcher, { received, sent })
  dispatcher.handle(accessAnswer, async (answering, { actor }) => {
    const taken = await received.take(actor, answering.requestId)
    if (!taken.ok) return taken
    const { institution, expiresMs } = taken.value
    if (equalBytes(institution, self.id)) await sent.answer(answering)
    else {
      const item = { ...answering, expiresMs: expiresMs + ANSWER_KEPT_MS }
      await carry(institution, answering.requestId, signed(accessReturn, item))
    }
    return ok([])
  })

  const sweep = async (): Promise<number> => (await received.sweep()) + (await sent.sweep())
  const repeating = createRepeating(
    ports,
    'carrying requests for access',
    CARRY_FIRST_MS,
    CARRY_LONGEST_MS,
    async () => (await carrying.flush()) > 0,
  )
  const sweeping = createRepeating(ports, 'sweeping requests', SWEEP_MS, SWEEP_MS, async () => {
    await sweep()
    return false
  })
  return {
    start() {
      repeating.start()
      sweeping.start()
    },
    async close() {
      await repeating.close()
      await sweeping.close()
    },
    flush: carrying.flush,
    sweep,
  }
}
