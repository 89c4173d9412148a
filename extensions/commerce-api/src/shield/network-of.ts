/** Who counts as one: an address of IPv4, or the /64 of IPv6, of which every subscriber has at least one and chooses freely within. */
import { isIPv6 } from 'node:net';

const HEXTETS = 8;
const OF_NETWORK = 4;

/** The network of an address as a text that is the same however the address is written. What is no address stays as it is. */
export function networkOf(address: string): string {
  const plain = address.replace(/%.*$/, '').toLowerCase();
  const mapped = /^(?:0*:)*:?ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(plain)) return plain;
  return `${hextets(plain).slice(0, OF_NETWORK).join(':')}::/64`;
}

/** The parts of an address, those that `::` stands for included, without leading zeros. */
function hextets(address: string): string[] {
  const [left = '', right] = address.split('::').map(partsOf);
  const given = right === undefined ? left : [...left, ...zeros(left.length + right.length), ...right];
  return (given as string[]).map((part) => part.replace(/^0+(?=.)/, ''));
}

function partsOf(text: string): string[] {
  return text === '' ? [] : text.split(':').flatMap((part) => (part.includes('.') ? ['0', '0'] : [part]));
}

function zeros(given: number): string[] {
  return Array.from({ length: HEXTETS - given }, () => '0');
}
