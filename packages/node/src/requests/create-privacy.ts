import path from 'node:path'
import { auditAnchors, auditHeads, type Purpose, positionKey, type Result } from '@medchain/core'
import type { ApiServer } from '../api/index.ts'
import { createTagOf } from '../audit/audit-map.ts'
import { type Audit, createAudit } from '../audit/create-audit.ts'
import type { ChainAnchors } from '../audit/examine-log.ts'
import { createCustody } from '../custody/create-custody.ts'
import { createDirectory } from '../directory/create-directory.ts'
import type { SponsorPolicy } from '../directory/invites.ts'
import type { PersonCharts } from '../directory/person-charts.ts'
import { openPersonKeys } from '../directory/person-keys.ts'
import { createGrantedScopes } from '../disclosure/agent-scopes.ts'
import { serveDisclosures } from '../disclosure/create-disclosure.ts'
import { type ProofOf, proofsFrom } from '../disclosure/own-proofs.ts'
import { createEmergencies } from '../emergency/create-emergencies.ts'
import { emergencyNotices } from '../emergency/emergency-notices.ts'
import { openHaltedDeclarations } from '../emergency/halted-declarations.ts'
import { createEraser, type Eraser } from '../erasure/eraser.ts'
import { createGuardians } from '../guardians/create-guardians.ts'
import { recoveryNotices } from '../guardians/recovery-notices.ts'
import { createInbox } from '../inbox/create-inbox.ts'
import { serveNotices } from '../notices/create-notices.ts'
import { createDispatcher, type Dispatcher } from './dispatcher.ts'
import { REQUEST_AGE_MS_MAX } from './gate.ts'
import { openNonceJournal } from './nonce-journal.ts'
import { createPeerExchange, type PeerExchange } from './peer-exchange.ts'
import type { HostPorts, PrivacyPorts } from './ports.ts'
import { registerRequestRoute } from './routes.ts'

export interface PrivacyOptions {
  /** For outboxes and uploads. */
  readonly folder: string
  readonly auditFolder: string
  /** Pause between anchorings of the audit log; 5 s. */
  readonly anchorMs?: number
  /** Folder of `createInvite`. */
  readonly invites: string
  readonly sponsorPolicy: SponsorPolicy
}

/** The chain's side for the doctor: the node's own anchors and the tags of charts. */
const ownAnchors = ({ chain, self }: PrivacyPorts): ChainAnchors => {
  const { view } = chain.head()
  const count = view.get(auditHeads, self.id)?.sequence ?? 0
  const anchors = Array.from({ length: count }, (_, index) =>
    view.get(auditAnchors, self.id, positionKey(index + 1)),
  )
  const tagOf = createTagOf(() => chain.head().view, self.id, self.sealingSecret)
  return { anchors: anchors.filter((anchor) => anchor !== undefined), tagOf }
}

/** The privacy side of a node as the composition root mounts it. */
export interface Privacy {
  /** For other rooms that answer signed requests or messages of other nodes. */
  readonly dispatcher: Dispatcher
  readonly exchange: PeerExchange
  readonly people: PersonCharts
  /** Proofs of records that grants to this institution list in a chart. */
  readonly proofsOf: (chart: Uint8Array, purpose: Purpose) => Promise<ProofOf>
  readonly audit: Audit
  /** Rooms that keep something of records add their part before `start`. */
  readonly eraser: Eraser
  /** Begins to answer other nodes; the chain must be readable. */
  readonly start: () => Promise<void>
  readonly close: () => Promise<void>
  readonly routes: (server: ApiServer) => void
  /** The encoded answer to a signed request. */
  readonly answer: (bytes: Uint8Array) => Promise<Result<Uint8Array>>
  /** Anchors what the audit log has new; answers whether something is left to anchor. */
  readonly anchorNow: () => Promise<boolean>
  /** What the doctor compares the audit log with. */
  readonly ownAnchors: () => ChainAnchors
  /** Drops what was handed over and never anchored, and requests that have expired; answers how many. */
  readonly sweep: () => Promise<number>
  /** Hands what holders lack to them; answers how many sides of batches still lack. */
  readonly heal: () => Promise<number>
  /** Tries every outbox at once; answers how much still waits. */
  readonly retry: () => Promise<number>
  /** Destroys what belongs to closed recoveries; answers how many there were. */
  readonly sweepRecoveries: () => Promise<number>
}

export const createPrivacy = async (host: HostPorts, options: PrivacyOptions): Promise<Privacy> => {
  const { folder, invites, sponsorPolicy } = options
  const personKeys = await openPersonKeys(host)
  const ports: PrivacyPorts = { ...host, personKeys }
  const exchange = createPeerExchange(ports.peers, ports.logger)
  const nonces = path.join(folder, 'requests')
  const journal = await openNonceJournal(nonces, REQUEST_AGE_MS_MAX * 2, ports.clock.wallMs())
  const dispatcher = createDispatcher(ports, exchange, journal)
  const custody = await createCustody(ports, exchange, dispatcher, path.join(folder, 'custody'))
  const directory = await createDirectory(ports, exchange, dispatcher, {
    folder: path.join(folder, 'directory'),
    invites,
    sponsorPolicy,
    personKeys,
  })
  const guardians = createGuardians(ports, dispatcher, directory.people)
  const eraser = createEraser(ports)
  eraser.register(custody.erase)
  eraser.register(directory.envelopes.erase)
  const inbox = await createInbox(ports, exchange, dispatcher, {
    folder: path.join(folder, 'inbox'),
    people: directory.people,
    sealingKeyOf: async (person) =>
      (personKeys.successionOf(person)?.at(-1) ?? (await directory.inceptionOf(person)))?.sealingKey,
  })
  const audit = await createAudit(ports, dispatcher, {
    folder: options.auditFolder,
    anchorMs: options.anchorMs,
  })
  const scopesOf = createGrantedScopes(ports, directory.envelopes)
  const declarations = await openHaltedDeclarations(ports)
  const admit = serveDisclosures(ports, dispatcher, {
    audit,
    eraser,
    records: custody.records,
    envelopes: directory.envelopes,
    scopesOf,
    declaredInHalt: declarations.declaredBy,
  })
  const emergencies = createEmergencies(ports, dispatcher, directory, admit, declarations, audit)
  const sources = [emergencyNotices, recoveryNotices]
  serveNotices(ports, dispatcher, directory.people, guardians.recoveriesOf, sources)
  return {
    async start() {
      await custody.start()
      await directory.start()
      await emergencies.start()
      inbox.start()
      exchange.start()
      audit.start()
      eraser.start()
      guardians.start()
    },
    async close() {
      await guardians.close()
      await eraser.close()
      await emergencies.close()
      await audit.close()
      await inbox.close()
      await directory.close()
      await custody.close()
      await journal.close()
    },
    routes: (server) => registerRequestRoute(server, dispatcher, ports.clock),
    answer: dispatcher.answer,
    heal: custody.heal,
    sweep: async () => (await custody.sweep()) + (await inbox.sweep()),
    anchorNow: audit.anchorNow,
    audit,
    eraser,
    dispatcher,
    exchange,
    people: directory.people,
    proofsOf: async (chart, purpose) => {
      const { view, timeMs } = ports.chain.head()
      return proofsFrom(await scopesOf(chart), view, purpose, timeMs)
    },
    ownAnchors: () => ownAnchors(ports),
    sweepRecoveries: guardians.sweep,
    retry: async () => (await custody.retry()) + (await directory.flush()) + (await inbox.flush()),
  }
}
