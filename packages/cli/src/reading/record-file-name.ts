const ENDINGS: Readonly<Record<string, string>> = {
  'application/dicom': 'dcm',
  'application/pdf': 'pdf',
  'application/json': 'json',
  'image/jpeg': 'jpg',
  'text/plain': 'txt',
}

const endingOf = (mediaType: string): string => {
  const [type = ''] = mediaType.toLowerCase().split(';', 1)
  if (/[+/]json$/.test(type)) return 'json'
  const known = ENDINGS[type.trim()] ?? /^\w+\/([a-z0-9]{2,5})$/.exec(type.trim())?.[1]
  return known ?? 'bin'
}

/** `Observation-<id>.json`; the id in it lets `record verify FILE` find the record again. */
export const recordFileName = (record: {
  readonly id: string
  readonly resourceType: string
  readonly mediaType: string
}): string => {
  const type = record.resourceType.replace(/[^A-Za-z0-9]/g, '') || 'Record'
  return `${type}-${record.id}.${endingOf(record.mediaType)}`
}
