import { base32FromBytes, didFromAccountId } from '@medchain/core'
import { tableText } from '../../format/table.ts'
import { rfc3339 } from '../../format/time.ts'
import { receivedGuardianships } from '../../guarding/guarded-charts.ts'
import { actAs } from '../../reading/acting.ts'
import { recoveryGuardiansOf } from '../../recovering/recovery-entry.ts'
import { guardians as keyHolders } from '../../rotating/guardians.ts'
import { openRotatedSession } from '../../rotating/open-rotated-session.ts'
import { readKnown } from '../../wallet/contacts.ts'
import { type CommandAction, isSet } from '../command-spec.ts'
import { findOwnGuardians } from './own-guardianships.ts'

const nameIn = (contacts: readonly { readonly name: string; readonly did: string }[], did: string): string =>
  contacts.find((contact) => contact.did === did)?.name ?? did

/** For a guardian: whom it acts for, in which charts. */
const listGuarded: CommandAction = async (context) => {
  const acting = await actAs(context)
  const guarded = await receivedGuardianships(acting)
  const contacts = await readKnown((await context.wallet()).files)
  const rows = guarded.map(({ person, compartment, state, kind, untilMs, guardianshipId }) => ({
    subject: didFromAccountId(person),
    compartment,
    kind,
    state,
    until: rfc3339(untilMs),
    guardianshipId: base32FromBytes(guardianshipId),
  }))
  const text = tableText(
    ['For', 'Kind', 'Compartment', 'State', 'Until'],
    rows.map((row) => [
      nameIn(contacts, row.subject),
      row.kind,
      row.compartment,
      row.state,
      row.until.slice(0, 10),
    ]),
    'You act for nobody.',
    context.columns,
  )
  return { json: { guardianships: rows }, text }
}

/** For a patient: who acts in which charts, and what is kept from them all. */
const listOwn: CommandAction = async (context, input) => {
  const session = await openRotatedSession(context)
  const { guardianships, reserved } = await findOwnGuardians(session)
  if (isSet(input, 'resend'))
    for (const chart of session.keyring.current().charts) {
      const [error] = await keyHolders.handOver(session, chart)
      if (error) throw error
    }
  const contacts = await readKnown(session.wallet.files)
  const recovery = recoveryGuardiansOf(session.keyring.current()).map(didFromAccountId)
  const rows = guardianships.map(({ chart, guardianship, state }) => ({
    guardian: didFromAccountId(guardianship.guardian),
    kind: guardianship.kind,
    chart: didFromAccountId(chart.chartId),
    compartment: chart.compartment,
    state,
    from: rfc3339(guardianship.fromMs),
    until: rfc3339(guardianship.untilMs),
    guardianshipId: base32FromBytes(guardianship.guardianshipId),
  }))
  const cells = [
    ...rows.map((row) => [
      nameIn(contacts, row.guardian),
      row.kind as string,
      row.compartment,
      row.state as string,
      row.until.slice(0, 10),
    ]),
    ...recovery.map((did) => [nameIn(contacts, did), 'recovery', '', 'active', '']),
  ]
  const table = tableText(
    ['Guardian', 'Kind', 'Compartment', 'State', 'Until'],
    cells,
    'Nobody acts for you.',
    context.columns,
  )
  const kept = reserved.length === 0 ? '' : `\n\nKept from every guardian: ${reserved.join(', ')}.`
  return { json: { guardianships: rows, recovery, reserved }, text: `${table}${kept}` }
}

export const listGuardians: CommandAction = async (context, input) => {
  const { role } = await (await context.wallet()).current()
  return (role === 'guardian' ? listGuarded : listOwn)(context, input)
}
