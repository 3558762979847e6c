import path from 'node:path'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { createInvite, type InviteRole } from '../../src/directory/invites.ts'
import { type Consortium, createConsortium } from '../requests/consortium.ts'
import { enrolAt, registerPatient } from '../requests/people.ts'

const test = suite<{ world: Consortium }>('enrolment tokens')

test.before.each(async (context) => {
  context.world = await createConsortium({ sponsorPolicy: 'token' })
})
test.after.each(({ world }) => world.close())

const inviteTo = (world: Consortium, role: InviteRole) =>
  createInvite(path.join(world.nodes[0]?.folder as string, 'invites'), role)

const outcomeOf = (attempt: Promise<unknown>): Promise<string | undefined> =>
  attempt.then(
    () => 'ok',
    (error: Error) => error.message.split(':')[0],
  )

test('a patient’s token makes nobody a practitioner, and stays good for a patient', async ({ world }) => {
  const token = await inviteTo(world, 'patient')
  is(await outcomeOf(enrolAt(world, 0, 'practitioner', token)), 'directory.denied')
  is(await outcomeOf(registerPatient(world, 0, ['general'], token)), 'ok')
  is(await outcomeOf(registerPatient(world, 0, ['general'], token)), 'directory.denied')
})

test('a researcher’s token is no practitioner’s, and staff’s is no patient’s', async ({ world }) => {
  const token = await inviteTo(world, 'researcher')
  is(await outcomeOf(enrolAt(world, 0, 'practitioner', token)), 'directory.denied')
  is(await outcomeOf(registerPatient(world, 0, ['general'], token)), 'directory.denied')
  is(await outcomeOf(enrolAt(world, 0, 'researcher', token)), 'ok')
})

test('while it is open whether an enrolment commits, its token lets nobody else in', async ({ world }) => {
  const token = await inviteTo(world, 'practitioner')
  world.chain.isCommitting = false
  is(await outcomeOf(enrolAt(world, 0, 'practitioner', token)), 'network.timeout')
  world.chain.isCommitting = true
  is(await outcomeOf(enrolAt(world, 0, 'practitioner', token)), 'directory.denied')
})

test('a registration that fails for good gives the token back and leaves nobody in the directory', async ({
  world,
}) => {
  const token = await inviteTo(world, 'patient')
  world.clock.advance(60_000)
  const submit = world.chain.submit
  Object.assign(world.chain, { submit: async () => ({ ok: false, code: 'tx.expired', message: 'late' }) })
  is(await outcomeOf(registerPatient(world, 0, ['general'], token)), 'tx.expired')
  equal(await world.nodes[0]?.privacy.people.all(), [])
  Object.assign(world.chain, { submit })
  is(await outcomeOf(registerPatient(world, 0, ['general'], token)), 'ok')
})

test.run()
