/** For host names of random routes. Cloud Controller has lists of the same kind with other words in them. */
export const ADJECTIVES: readonly string[] = (
  'able airy amber ample avid azure basic blue brisk calm candid civil clean clear clever cool cosy crisp ' +
  'curious deep deft eager early easy even fair famous fast fine firm fond frank free fresh gentle glad golden good ' +
  'grand green hardy honest jolly keen lively loyal lucid lucky mellow merry mild modest neat noble open plain polite ' +
  'prime pure rapid ready rich rosy round sharp simple sober soft solid sound steady strong sunny swift tall tidy ' +
  'true upbeat vast vivid warm witty young'
).split(' ');

/** See {@link ADJECTIVES}. */
export const NOUNS: readonly string[] = (
  'acorn anchor apple arch aspen autumn bay beacon birch bridge brook canyon cedar cherry cliff cloud clover comet ' +
  'coral cove creek dawn delta dune echo ember fern field fjord forest garden glacier glen grove harbor hazel hill ' +
  'island ivy jasmine lagoon lake lantern leaf lilac lotus maple meadow mesa mist moon moss oak oasis ocean olive ' +
  'orchard pebble pine planet pond poplar prairie quartz rain reef ridge river rock rose sage sand shore sky snow ' +
  'spring star stone stream summit sunset thistle tide trail tulip valley wave willow wind'
).split(' ');
