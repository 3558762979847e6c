import type { Metrics } from '../../metrics/index.ts'
import { sendProblem } from '../problem.ts'
import { object, routeSchema, string } from '../schema.ts'
import type { ApiServer } from '../server.ts'
import type { NodeServices } from '../services.ts'
import { readinessOf } from './readiness.ts'

const answer = object({ status: string })

const metricsRoute = (server: ApiServer, metrics: Metrics): void => {
  server.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    reply.header('content-type', metrics.contentType)
    return reply.send(await metrics.text())
  })
}

/** What supervisors and load balancers ask. */
export const healthRoutes = (server: ApiServer, services: NodeServices): void => {
  server.get(
    '/health',
    { schema: routeSchema('health', { summary: 'Whether the process lives', answer }) },
    () => ({
      status: 'alive',
    }),
  )
  const readySchema = routeSchema('health', { summary: 'Whether the node takes part in the network', answer })
  server.get('/ready', { schema: readySchema }, (_request, reply) => {
    const readiness = readinessOf(services)
    if (readiness.ok) reply.send({ status: 'ready' })
    else sendProblem(reply, 503, readiness.code, readiness.message)
    return reply
  })
  metricsRoute(server, services.metrics)
  server.get('/openapi.json', { schema: { hide: true } }, () => server.swagger())
}
