import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import {
  accounts,
  type ChartEntry,
  charts,
  decodeSignedRequest,
  directoryCharts,
  envelopeDeliver,
  envelopeList,
  equalBytes,
  explainAccess,
  keyringRead,
  keyringWrite,
  ok,
  part2Deliver,
  part2Find,
  personFind,
  personHistory,
  personRotate,
  type Result,
  refuse,
  registerAccount,
  registerCharts,
} from '@medchain/core'
import { isStaffOf } from '../custody/anchoring.ts'
import { createOutboxFolder } from '../custody/outbox-folder.ts'
import { refuseRequest } from '../requests/codes.ts'
import type { Dispatcher } from '../requests/dispatcher.ts'
import type { PeerExchange } from '../requests/peer-exchange.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { createRepeating } from '../requests/repeating.ts'
import { refuseDirectory } from './codes.ts'
import { explain } from './explain.ts'
import { createGrantEnvelopes, type GrantEnvelopes } from './grant-envelopes.ts'
import { createGrantedCharts, type GrantedCharts } from './granted-charts.ts'
import type { SponsorPolicy } from './invites.ts'
import { createKeyrings, type Keyrings } from './keyrings.ts'
import { createPart2Copies, type Part2Copies } from './part2-copies.ts'
import { createPersonCharts, type PersonCharts } from './person-charts.ts'
import type { PersonKeys } from './person-keys.ts'
import { registerAccountWith } from './register-account.ts'
import { registerChartsWith } from './register-charts.ts'
import { createRotations, mayAskForHistory, type Rotations } from './rotations.ts'
import { createForwarding, type Forwarding } from './signed-items.ts'
import { serveStaff } from './staff.ts'
import { serveSubjects } from './subjects.ts'

const FORWARD_FIRST_MS = 1000
const FORWARD_LONGEST_MS = 60_000

/** Takes a request of an action that another institution passed on, signed by its actor. */
export type KeepSigned = (bytes: Uint8Array, from: Uint8Array) => Promise<Result<void>>

export interface Directory {
  readonly envelopes: GrantEnvelopes
  readonly people: PersonCharts
  readonly forwarding: Forwarding
  /** Says who takes what was signed for this institution and comes by way of another one. */
  readonly keep: (action: string, keep: KeepSigned) => void
  /** First keys of a person whose keyring lies here. */
  readonly inceptionOf: Keyrings['inceptionOf']
  readonly start: () => Promise<void>
  readonly close: () => Promise<void>
  /** Sends on what waits for other institutions; answers how much still waits. */
  readonly flush: () => Promise<number>
}

export interface DirectoryOptions {
  /** This room's own folder. */
  readonly folder: string
  readonly sponsorPolicy: SponsorPolicy
  /** Folder of `createInvite`. */
  readonly invites: string
  readonly personKeys: PersonKeys
}

const handlePeople = (
  ports: PrivacyPorts,
  dispatcher: Dispatcher,
  directory: PersonCharts,
  grantedCharts: GrantedCharts,
  { sponsorPolicy, invites }: DirectoryOptions,
): void => {
  const { chain, self } = ports
  const enrolPerson = registerAccountWith(ports, sponsorPolicy, invites, serveStaff(ports, dispatcher))
  const enrolCharts = registerChartsWith(ports, sponsorPolicy, invites, directory)
  dispatcher.handle(registerAccount, (payload, { actor }) => enrolPerson(payload, actor))
  dispatcher.handle(registerCharts, (payload, { actor }) => enrolCharts(payload, actor))
  dispatcher.handle(directoryCharts, async ({ person }, { actor }) => {
    const isAllowed = equalBytes(actor, person) || isStaffOf(chain.head().view, actor, self.id)
    if (!isAllowed) return refuse('consent.none', 'No grant matches: deny by default.')
    const found = await directory.of(person)
    if (!found.ok) return found
    // Whose chart it is a grant only claims: what the directory has of the person goes before.
    const isNew = ({ compartment }: ChartEntry): boolean =>
      found.value.every((entry) => entry.compartment !== compartment)
    const granted = equalBytes(actor, person) ? [] : (await grantedCharts(person)).filter(isNew)
    const all = [...found.value, ...granted]
    return all.length === 0 ? refuseDirectory('directory.unknown') : ok(all)
  })
  dispatcher.handle(explainAccess, async (payload, { actor }) => explain(payload, actor, ports))
  serveSubjects(ports, dispatcher)
}

interface Kept {
  readonly envelopes: GrantEnvelopes
  readonly copies: Part2Copies
  readonly keyrings: Keyrings
  readonly rotations: Rotations
  /** Whether this node takes a keyring of that person's at all. */
  readonly isKnown: (person: Uint8Array) => Promise<boolean>
  readonly onWritten: () => void
  readonly keepers: ReadonlyMap<string, KeepSigned>
}

const handleKept = (
  ports: PrivacyPorts,
  exchange: PeerExchange,
  dispatcher: Dispatcher,
  { envelopes, copies, keyrings, rotations, isKnown, onWritten, keepers }: Kept,
): void => {
  dispatcher.handle(personRotate, async (_payload, { bytes }) => {
    const rotated = await rotations.rotate(bytes)
    if (rotated.ok) onWritten()
    return rotated
  })
  dispatcher.handle(personFind, (_payload, { bytes, statement }) =>
    rotations.find(statement.inception, bytes),
  )
  dispatcher.handle(personHistory, async ({ person }, { actor }) =>
    mayAskForHistory(ports, actor)
      ? ok(await rotations.historyOf(person))
      : refuseDirectory('directory.denied'),
  )
  dispatcher.handle(envelopeDeliver, (_payload, { bytes }) => envelopes.deliver(bytes))
  dispatcher.handle(envelopeList, ({ after }, { actor }) => envelopes.list(actor, after))
  dispatcher.handle(part2Deliver, (_payload, { bytes }) => copies.deliver(bytes))
  dispatcher.handle(part2Find, ({ grantId }, { actor }) => copies.find(grantId, actor))
  dispatcher.handle(keyringRead, (_payload, { bytes, actor }) => keyrings.read(bytes, actor))
  dispatcher.handle(keyringWrite, async (_payload, { bytes, actor }) => {
    if (!(await isKnown(actor))) return refuseDirectory('directory.denied')
    const written = await keyrings.write(bytes)
    if (written.ok) onWritten()
    return written
  })
  exchange.on('store-signed', async (from, { bytes }) => {
    const request = decodeSignedRequest(bytes)
    if (!request.ok) return request
    const { action } = request.value.statement
    const kept = (await keepers.get(action)?.(bytes, from)) ?? refuseRequest('request.action', action)
    return kept.ok ? ok({ type: 'receipt' }) : kept
  })
  exchange.on('read-signed', async (_from, { bytes }) => {
    const request = decodeSignedRequest(bytes)
    const isKeys = request.ok && request.value.statement.action === personFind.action
    const found = await (isKeys ? rotations.findFor(bytes) : keyrings.readFor(bytes))
    return found.ok ? ok({ type: 'signed', bytes: found.value }) : found
  })
}

/** Registration, the person directory, sealed grants and keyrings of one institution. */
export const createDirectory = async (
  ports: PrivacyPorts,
  exchange: PeerExchange,
  dispatcher: Dispatcher,
  options: DirectoryOptions,
): Promise<Directory> => {
  await mkdir(options.invites, { recursive: true, mode: 0o700 })
  const outbox = await createOutboxFolder(path.join(options.folder, 'outbox'))
  const forwarding = createForwarding(outbox, exchange, ports.logger)
  const envelopes = createGrantEnvelopes(ports, forwarding)
  const copies = createPart2Copies(ports, forwarding)
  const keyrings = createKeyrings(ports, exchange, forwarding)
  const isLeft = async (): Promise<boolean> => (await forwarding.flush()) > 0
  const flushing = createRepeating(ports, 'forwarding', FORWARD_FIRST_MS, FORWARD_LONGEST_MS, isLeft)
  const people = createPersonCharts(ports.vault)
  const { personKeys } = options
  const parts = { personKeys, people, forwarding, inceptionOf: keyrings.inceptionOf }
  const rotations = createRotations(ports, exchange, parts)
  const isKnown = async (person: Uint8Array): Promise<boolean> => {
    const { view } = ports.chain.head()
    if (options.sponsorPolicy === 'auto' || view.get(accounts, person) || view.get(charts, person))
      return true
    const found = await people.of(person)
    return found.ok && found.value.length > 0
  }
  const keepers = new Map<string, KeepSigned>([
    [envelopeDeliver.action, envelopes.keep],
    [part2Deliver.action, copies.keep],
    [keyringWrite.action, keyrings.keep],
    [personRotate.action, rotations.keep],
  ])
  handlePeople(ports, dispatcher, people, createGrantedCharts(ports, envelopes), options)
  handleKept(ports, exchange, dispatcher, {
    envelopes,
    copies,
    keyrings,
    rotations,
    isKnown,
    onWritten: flushing.nudge,
    keepers,
  })
  return {
    envelopes,
    people,
    forwarding,
    keep: (action, keep) => void keepers.set(action, keep),
    inceptionOf: keyrings.inceptionOf,
    start: async () => flushing.start(),
    close: flushing.close,
    flush: forwarding.flush,
  }
}
