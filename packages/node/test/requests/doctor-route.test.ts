import { fastify, type InjectOptions } from 'fastify'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { registerDoctorRoute } from '../../src/requests/doctor-route.ts'

const test = suite('the doctor’s route')

const FINDING = { code: 'vault.damaged', where: 'a file', message: 'A value is damaged.' }

async function* examine() {
  yield FINDING
}

const ask = async (options: InjectOptions) => {
  const server = fastify()
  registerDoctorRoute(
    server,
    examine,
    () => [new Uint8Array(32)],
    () => 0,
  )
  const response = await server.inject({ method: 'POST', url: '/v1/doctor', ...options })
  await server.close()
  return response
}

test('this machine is answered', async () => {
  for (const host of ['127.0.0.1:7740', 'localhost:7740', '[::1]:7740']) {
    const response = await ask({ headers: { host } })
    equal([response.statusCode, response.json()], [200, { findings: [FINDING], owed: ['a'.repeat(52)] }])
  }
})

test('neither others nor those behind a proxy of this machine are, nor web pages', async () => {
  const host = '127.0.0.1:7740'
  const refused: readonly InjectOptions[] = [
    { remoteAddress: '192.0.2.7', headers: { host } },
    { headers: { host, 'x-forwarded-for': '192.0.2.7' } },
    { headers: { host, forwarded: 'for=192.0.2.7' } },
    { headers: { host, origin: 'https://evil.example' } },
    { headers: { host: 'node.north.example' } },
  ]
  for (const options of refused) {
    const response = await ask(options)
    is(response.statusCode, 403)
    is(response.json().code, 'request.local-only')
  }
})

test.run()
