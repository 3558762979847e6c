import { tableText } from '../../format/table.ts'
import { identityJson } from '../../wallet/identity.ts'
import type { CommandAction } from '../command-spec.ts'

export const listIds: CommandAction = async (context) => {
  const identities = await (await context.wallet()).list()
  const rows = identities.map(({ name, role, did }) => [name, role, did])
  return {
    json: { identities: identities.map(identityJson) },
    text: tableText(
      ['Name', 'Role', 'DID'],
      rows,
      'No identity yet; medchain id create NAME --role ROLE makes one.',
      context.columns,
    ),
  }
}
