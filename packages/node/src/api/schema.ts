import { problemSchema } from './problem.ts'

// Short forms of JSON Schema, so that a route's contract stands beside its code in a few lines.
type JsonSchema = Readonly<Record<string, unknown>>

export const string: JsonSchema = { type: 'string' }
export const integer: JsonSchema = { type: 'integer' }
export const number: JsonSchema = { type: 'number' }
export const boolean: JsonSchema = { type: 'boolean' }
export const array = (items: JsonSchema): JsonSchema => ({ type: 'array', items })
export const nullable = (inner: JsonSchema): JsonSchema => ({ anyOf: [inner, { type: 'null' }] })
export const described = (description: string, inner: JsonSchema = string): JsonSchema => ({
  ...inner,
  description,
})

/** An object whose properties are all there, except those named as optional. */
export const object = (
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
})

export const page = {
  limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
  cursor: { type: 'integer', minimum: 0, default: 0 },
} as const

export interface RouteSchema {
  readonly summary: string
  readonly answer: JsonSchema
  readonly parameters?: JsonSchema
  readonly query?: JsonSchema
  readonly body?: JsonSchema
}

/** Fastify's schema of a route, with problem details for everything that is not 200. */
export const routeSchema = (tag: string, schema: RouteSchema) => ({
  tags: [tag],
  summary: schema.summary,
  ...(schema.parameters && { params: schema.parameters }),
  ...(schema.query && { querystring: schema.query }),
  ...(schema.body && { body: schema.body }),
  response: { 200: schema.answer, default: problemSchema },
})
