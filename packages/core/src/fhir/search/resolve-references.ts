import type { ExtractOptions } from './extract-values.ts'

/**
 * Turns the full URLs of a file's (or a chart's) resources into `Type/id`, for extractSearchValues: so that
 * `subject=Patient/ID` finds what refers to that patient as `urn:uuid:…`.
 */
export const createReferenceResolver = (
  resources: Iterable<{ readonly resourceType: string; readonly id?: string; readonly fullUrl?: string }>,
): NonNullable<ExtractOptions['resolve']> => {
  const known = new Map<string, string>()
  for (const { resourceType, id, fullUrl } of resources) {
    if (id !== undefined && fullUrl !== undefined) known.set(fullUrl, `${resourceType}/${id}`)
  }
  return (reference) => known.get(reference)
}
