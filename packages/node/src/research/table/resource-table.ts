import type { DuckDBAppender, DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import type { SearchRow } from '@medchain/core'

/** One resource in the index. `unit` is what its visibility hangs on: a batch, or a research grant. */
export interface IndexedResource {
  readonly unit: string
  readonly record: string
  readonly person: string
  readonly resourceType: string
  readonly json: string
  readonly values: readonly SearchRow[]
}

export interface ResourceTable {
  readonly insert: (resources: readonly IndexedResource[]) => void
  readonly removeRecord: (unit: string, record: string) => Promise<void>
  readonly removeUnit: (unit: string) => Promise<void>
  readonly query: (sql: string, values: readonly DuckDBValue[]) => Promise<Record<string, unknown>[]>
  readonly close: () => void
}

const DDL = [
  'create table resource (id integer, unit varchar, record varchar, person varchar, type varchar, json varchar)',
  `create table value (id integer, param varchar, kind varchar, system varchar, code varchar, text varchar,
    folded varchar, low double, high double, number double, unit varchar)`,
]

// An embedded engine of a node that holds records has no business with files, extensions or the network.
const SETTINGS = {
  threads: '1',
  memory_limit: '256MB',
  temp_directory: '',
  enable_external_access: 'false',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
}

const appendText = (appender: DuckDBAppender, value: string | undefined): void => {
  if (value === undefined) appender.appendNull()
  else appender.appendVarchar(value)
}

const appendNumber = (appender: DuckDBAppender, value: number | undefined): void => {
  if (value === undefined) appender.appendNull()
  else appender.appendDouble(value)
}

const appendValue = (appender: DuckDBAppender, id: number, row: SearchRow): void => {
  appender.appendInteger(id)
  appender.appendVarchar(row.param)
  appender.appendVarchar(row.kind)
  appendText(appender, row.system)
  appendText(appender, row.code)
  appendText(appender, row.text)
  appendText(appender, row.folded)
  appendNumber(appender, row.low)
  appendNumber(appender, row.high)
  appendNumber(appender, row.number)
  appendText(appender, row.unit)
  appender.endRow()
}

const appenders = async (connection: DuckDBConnection) => ({
  resources: await connection.createAppender('resource'),
  values: await connection.createAppender('value'),
})

/** An empty in-memory table of resources and their searchable values; nothing of it reaches a disk. */
export const createResourceTable = async (): Promise<ResourceTable> => {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:', SETTINGS)
  const connection = await instance.connect()
  for (const statement of DDL) await connection.run(statement)
  await connection.run('set lock_configuration = true')
  const { resources, values } = await appenders(connection)
  let nextId = 0
  return {
    insert: (added) => {
      for (const { unit, record, person, resourceType, json, values: rows } of added) {
        const id = nextId++
        resources.appendInteger(id)
        for (const text of [unit, record, person, resourceType, json]) resources.appendVarchar(text)
        resources.endRow()
        for (const row of rows) appendValue(values, id, row)
      }
      resources.flushSync()
      values.flushSync()
    },
    removeRecord: async (unit, record) => {
      const which = 'select id from resource where unit = $1 and record = $2'
      await connection.run(`delete from value where id in (${which})`, [unit, record])
      await connection.run('delete from resource where unit = $1 and record = $2', [unit, record])
    },
    removeUnit: async (unit) => {
      await connection.run('delete from value where id in (select id from resource where unit = $1)', [unit])
      await connection.run('delete from resource where unit = $1', [unit])
    },
    query: async (sql, parameters) =>
      (await connection.runAndReadAll(sql, [...parameters])).getRowObjectsJS() as Record<string, unknown>[],
    close: () => {
      resources.closeSync()
      values.closeSync()
      connection.closeSync()
      instance.closeSync()
    },
  }
}
