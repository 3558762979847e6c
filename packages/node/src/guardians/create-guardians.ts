import {
  ok,
  openRecovery,
  recoveryCollect,
  recoveryDeposit,
  recoveryEntrust,
  recoveryEntrusted,
  recoveryFind,
  recoveryGive,
  recoveryReady,
  recoveryRegister,
} from '@medchain/core'
import type { PersonCharts } from '../directory/person-charts.ts'
import type { Dispatcher } from '../requests/dispatcher.ts'
import type { PrivacyPorts } from '../requests/ports.ts'
import { createRepeating } from '../requests/repeating.ts'
import { refuseGuardian } from './codes.ts'
import { collectWith } from './collect.ts'
import { depositWith, openOwnShare } from './deposit.ts'
import { entrustedWith, entrustWith, giveWith } from './entrust.ts'
import { createKeptValues } from './kept-values.ts'
import { findWith, ownRecoveries, registerWith } from './register.ts'
import { sweepClosed } from './sweep.ts'

const SWEEP_MS = 60_000

/** An institution as sponsor, custodian and guardians' home of recoveries. */
export interface Guardians {
  readonly start: () => void
  readonly close: () => Promise<void>
  /** The recoveries of a person that the institution registered. */
  readonly recoveriesOf: (person: Uint8Array) => readonly Uint8Array[]
  /** Destroys what belongs to closed recoveries; answers how many there were. */
  readonly sweep: () => Promise<number>
}

export const createGuardians = (
  ports: PrivacyPorts,
  dispatcher: Dispatcher,
  people: PersonCharts,
): Guardians => {
  const values = createKeptValues(ports)
  const register = registerWith(ports, values, people)
  const find = findWith(ports, values)
  const deposit = depositWith(ports, values)
  const entrust = entrustWith(ports, values)
  const entrusted = entrustedWith(ports, values)
  const give = giveWith(ports, values)
  const collect = collectWith(ports, values)
  dispatcher.handle(recoveryRegister, (payload, { actor }) => register(payload, actor))
  dispatcher.handle(recoveryFind, ({ person }, { actor }) => find(person, actor))
  dispatcher.handle(recoveryDeposit, (payload, { actor }) => deposit(payload, actor))
  dispatcher.handle(recoveryEntrust, (payload, { actor }) => entrust(payload, actor))
  dispatcher.handle(recoveryEntrusted, (_payload, { actor }) => entrusted(actor))
  dispatcher.handle(recoveryGive, (payload, { actor }) => give(payload, actor))
  dispatcher.handle(recoveryCollect, (payload, { actor }) => collect(payload, actor))
  dispatcher.handle(recoveryReady, async (_payload, { actor }) => {
    const recovery = openRecovery(ports.chain.head().view, actor)
    if (!recovery.ok) return recovery
    const sealed = await values.shares.get(actor)
    if (!sealed.ok) return sealed
    if (!sealed.value) return refuseGuardian('recover.no-share')
    const share = await openOwnShare(ports, actor, recovery.value, sealed.value)
    if (!share.ok) return share
    const content = await values.contents.get(actor)
    return content.ok ? ok({ counter: content.value?.counter ?? 0 }) : content
  })
  const sweep = (): Promise<number> => sweepClosed(ports, values)
  const sweeping = createRepeating(ports, 'sweeping closed recoveries', SWEEP_MS, SWEEP_MS, async () => {
    await sweep()
    return false
  })
  const recoveriesOf = (person: Uint8Array) => ownRecoveries(values, person)
  return { start: sweeping.start, close: sweeping.close, recoveriesOf, sweep }
}
