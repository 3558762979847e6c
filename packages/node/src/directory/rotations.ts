import {
  accountIdFromInception,
  accounts,
  concatBytes,
  decode,
  decodeSignedRequest,
  encode,
  equalBytes,
  type Inception,
  institutionsIn,
  type KeySuccession,
  keyringWrite,
  ok,
  type PersonHistory,
  personHistorySchema,
  personRotate,
  REQUEST_PAYLOAD_BYTES_MAX,
  type Result,
  validateHistory,
} from '@medchain/core'
import { ROTATED, refuseRequest } from '../requests/codes.ts'
import { checkRequest } from '../requests/gate.ts'
import type { PeerExchange } from '../requests/peer-exchange.ts'
import type { PrivacyPorts, VaultEntry } from '../requests/ports.ts'
import { refuseDirectory } from './codes.ts'
import { keyringEntry } from './keyrings.ts'
import type { PersonCharts } from './person-charts.ts'
import type { PersonKeys } from './person-keys.ts'
import { type Forwarding, readSignedItem } from './signed-items.ts'

const READ_TIMEOUT_MS = 5000
/** Besides the person's keyring, which waits for the other institutions under the person's id. */
const ROTATION = new Uint8Array([1])

/** How people's keys follow one another at this institution, and how others learn of it. */
export interface Rotations {
  /** Takes new keys from the person whom this institution registered, and passes them on. */
  readonly rotate: (bytes: Uint8Array) => Promise<Result<readonly []>>
  /**
   * Takes what another institution passed on: what the new keys signed for that institution, of a person whom it
   * registered, as far as this one can tell. `rotation.giver`.
   */
  readonly keep: (bytes: Uint8Array, from: Uint8Array) => Promise<Result<void>>
  /** Who rotated to these keys; asks the others when this node does not know them. */
  readonly find: (
    keys: Inception | undefined,
    bytes: Uint8Array,
  ) => Promise<Result<PersonHistory | undefined>>
  /** The encoded history for another institution that does not know the keys. */
  readonly findFor: (bytes: Uint8Array) => Promise<Result<Uint8Array | undefined>>
  readonly historyOf: (person: Uint8Array) => Promise<PersonHistory | undefined>
}

export interface RotationParts {
  readonly personKeys: PersonKeys
  readonly people: PersonCharts
  readonly forwarding: Forwarding
  /** First keys of a person whose keyring lies here. */
  readonly inceptionOf: (person: Uint8Array) => Promise<Inception | undefined>
}

export const createRotations = (
  ports: PrivacyPorts,
  exchange: PeerExchange,
  { personKeys, people, forwarding, inceptionOf }: RotationParts,
): Rotations => {
  const { chain, self } = ports

  const others = (): Uint8Array[] =>
    institutionsIn(chain.head().view).filter((id) => !equalBytes(id, self.id))

  /** The keyring sealed to the newest keys and signed by them: it takes the place of every older one. */
  const newKeyring =
    (person: Uint8Array, bytes: Uint8Array) =>
    (keys: KeySuccession): Result<readonly VaultEntry[]> => {
      const item = readSignedItem(keyringWrite, bytes, { ...ports, personKeys: { successionOf: () => keys } })
      if (!item.ok) return item
      return equalBytes(item.value.statement.actor, person)
        ? ok([keyringEntry(item.value)])
        : refuseDirectory('keyring.other')
    }

  const payloadOf = (bytes: Uint8Array) => {
    const decoded = decodeSignedRequest(bytes)
    return decoded.ok
      ? decode(personRotate.payload, decoded.value.request.payload, REQUEST_PAYLOAD_BYTES_MAX)
      : decoded
  }

  const isRegisteredHere = async ({ inception }: PersonHistory): Promise<Result<boolean>> => {
    const known = await people.of(accountIdFromInception(inception))
    return known.ok ? ok(known.value.length > 0) : known
  }

  /** Whoever passes a rotation on was asked for it by the new keys, and did not register one of this node's people. */
  const checkGiver = async (bytes: Uint8Array, from: Uint8Array): Promise<Result<void>> => {
    const signed = readSignedItem(personRotate, bytes, ports)
    if (!signed.ok) return signed
    const { statement, payload } = signed.value
    const keys = validateHistory(payload.history, { networkId: chain.networkId, verifier: ports.verifier })
    if (!keys.ok) return keys
    const newest = keys.value.at(-1)?.signingKey
    const { inception } = statement
    const isByNext = newest !== undefined && inception && equalBytes(newest, inception.signingKey)
    if (!isByNext || !equalBytes(statement.node, from)) return refuseDirectory('rotation.giver')
    const isOurs = await isRegisteredHere(payload.history)
    if (!isOurs.ok) return isOurs
    return isOurs.value ? refuseDirectory('rotation.giver') : ok(undefined)
  }

  const take = async (
    bytes: Uint8Array,
  ): Promise<Result<{ readonly person: Uint8Array; readonly keyring: Uint8Array }>> => {
    const decoded = decodeSignedRequest(bytes)
    if (!decoded.ok) return decoded
    if (decoded.value.statement.action !== personRotate.action) return refuseRequest('request.action')
    const payload = payloadOf(bytes)
    if (!payload.ok) return payload
    const { history, keyring } = payload.value
    const person = accountIdFromInception(history.inception)
    const kept = await personKeys.keep(history, newKeyring(person, keyring))
    return kept.ok ? ok({ person, keyring }) : kept
  }

  const knownHere = (keys: Inception | undefined): Result<PersonHistory | undefined> => {
    const known = keys && personKeys.ofKey(keys.signingKey)
    if (!known) return ok(undefined)
    const present = known.keys.at(-1) as Inception
    return equalBytes(present.signingKey, keys.signingKey) ? ok(known.history) : ROTATED
  }

  const askOthers = async (
    keys: Inception,
    bytes: Uint8Array,
  ): Promise<Result<PersonHistory | undefined>> => {
    const answers = await Promise.all(
      others().map((id) => exchange.call(id, { type: 'read-signed', bytes }, 'signed', READ_TIMEOUT_MS)),
    )
    for (const answer of answers) {
      if (!answer.ok && answer.code === ROTATED.code) return ROTATED
      if (!answer.ok || answer.value.bytes === undefined) continue
      const history = decode(personHistorySchema, answer.value.bytes)
      // The keyring that lies here was sealed to the keys before; the new one comes from the others.
      if (history.ok && (await personKeys.keep(history.value, () => ok([]))).ok) return knownHere(keys)
    }
    return ok(undefined)
  }

  return {
    async rotate(bytes) {
      const payload = payloadOf(bytes)
      if (!payload.ok) return payload
      const isOurs = await isRegisteredHere(payload.value.history)
      if (!isOurs.ok) return isOurs
      // One institution puts a person's rotations in order: the one that registered the person.
      if (!isOurs.value) return refuseDirectory('directory.unknown')
      const taken = await take(bytes)
      if (!taken.ok) return taken
      const { person, keyring } = taken.value
      for (const id of others()) {
        await forwarding.put(id, person, keyring)
        await forwarding.put(id, concatBytes(person, ROTATION), bytes)
      }
      return ok([])
    },
    async keep(bytes, from) {
      const given = await checkGiver(bytes, from)
      if (!given.ok) return given
      const taken = await take(bytes)
      return taken.ok ? ok(undefined) : taken
    },
    async find(keys, bytes) {
      const here = knownHere(keys)
      return !here.ok || here.value || keys === undefined ? here : askOthers(keys, bytes)
    },
    async findFor(bytes) {
      const request = checkRequest(bytes, ports)
      if (!request.ok) return request
      const found = knownHere(request.value.statement.inception)
      return found.ok ? ok(found.value && encode(personHistorySchema, found.value)) : found
    },
    async historyOf(person) {
      const rotated = personKeys.historyOf(person)
      if (rotated) return rotated
      const inception = await inceptionOf(person)
      return inception && { inception, rotations: [] }
    },
  }
}

/** Whether the actor is one to whom the directory tells the public keys of a person whose id it knows. */
export const mayAskForHistory = ({ chain }: Pick<PrivacyPorts, 'chain'>, actor: Uint8Array): boolean =>
  chain.head().view.get(accounts, actor)?.status === 'active'
