import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { mixFromText, roundOf } from '../../bench/load/mix.ts'

test('kinds of a mix are spread evenly over a round', () => {
  const mix = mixFromText('epoch=4, anchors=2')
  if (mix === undefined) throw new Error('not understood')
  equal(roundOf(mix), ['epoch', 'anchors', 'epoch', 'epoch', 'anchors', 'epoch'])
})

test('what is no mix is none', () => {
  for (const text of [
    '',
    'epoch',
    'epoch=',
    'epoch=0',
    'epoch=1.5',
    'epoch=1,epoch=1',
    'other=1',
    'epoch=1,',
  ])
    equal(mixFromText(text), undefined, text)
})

test.run()
