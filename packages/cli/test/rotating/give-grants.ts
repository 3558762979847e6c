import { type Compartment, giveGrant, type KeyringChart } from '@medchain/core'
import { createTransactionBody, signTransaction } from '../../src/client/signed-transaction.ts'
import { deliverKeys } from '../../src/commands/grant/deliver-keys.ts'
import { registerAccountOf } from '../../src/commands/register/register-account.ts'
import { sideBySide } from '../../src/rotating/side-by-side.ts'
import { chartActor } from '../../src/wallet/chart-keys.ts'
import { createTerms, inOneYear, startOfDay } from '../../src/wallet/grant-terms.ts'
import type { Session } from '../../src/wallet/session.ts'
import { createPerson } from './patient-bed.ts'

/** Enrols so many practitioners at the session's node, and lets each read the compartment. */
export const giveGrants = async (
  session: Session,
  compartment: Compartment,
  count: number,
): Promise<void> => {
  const { client, networkId, now, keyring } = session
  const chart = keyring.current().charts.find((each) => each.compartment === compartment) as KeyringChart
  const people = Array.from({ length: count }, (_, index) => createPerson(`p${index}`, 'practitioner'))
  await sideBySide(people, async (identity) => {
    await registerAccountOf({ ...session, identity }, { token: undefined, now })
    const terms = createTerms(chart.chartId, {
      ...{
        grantee: identity.id,
        mode: 'read',
        purposes: ['TREAT'],
        scopeDigest: undefined,
        broker: undefined,
      },
      ...{ fromMs: startOfDay(now()), untilMs: inOneYear(now()), isDeny: false },
    })
    const { kind, payload: schema } = giveGrant
    const plan = { networkId, sender: chart.chartId, kind, schema, payload: terms, timeMs: now() }
    await client.submit(signTransaction(createTransactionBody(plan), [chartActor(chart)]), true)
    const { sealingKey } = identity.inception
    const [failed] = await deliverKeys(session, { ...identity, sealingKey }, [{ chart, ...terms }])
    if (failed) throw failed.error
  })
}
