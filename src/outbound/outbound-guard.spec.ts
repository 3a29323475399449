import { Settings } from '../config/index.js';
import { OutboundGuard, OutboundRefusal, type ResolvedAddress } from './outbound-guard.js';

const guardWith = (env: Record<string, string> = {}) => new OutboundGuard(new Settings(env));
const resolvingTo =
  (...addresses: string[]) =>
  async (): Promise<ResolvedAddress[]> =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
const PUBLIC = resolvingTo('93.184.215.14');

describe('OutboundGuard', () => {
  it.each([
    ['https://example.com/hook', ['93.184.215.14']],
    ['https://example.com:8443/hook?x=1', ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c']],
    ['https://93.184.215.14/', []],
    ['https://[2606:4700::1]/', []],
  ])('lets %s pass', async (url, addresses) => {
    const target = await guardWith().check(url, resolvingTo(...addresses));
    expect(target.addresses.length).toBeGreaterThan(0);
  });

  it.each([
    ['the loopback', 'https://127.0.0.1/'],
    ['all of 127/8', 'https://127.255.0.9/'],
    ['a short form', 'https://127.1/'],
    ['a decimal form', 'https://2130706433/'],
    ['an octal form', 'https://0177.0.0.1/'],
    ['a hexadecimal form', 'https://0x7f.0x0.0x0.0x1/'],
    ['one hexadecimal number', 'https://0x7f000001/'],
    ['wide digits', 'https://１２７．０．０．１/'],
    ['circled digits', 'https://①②⑦.⓪.⓪.①/'],
    ['a trailing dot', 'https://127.0.0.1./'],
    ['this network', 'https://0.0.0.0/'],
    ['zero', 'https://0/'],
    ['ten', 'https://10.0.0.1/'],
    ['172.16/12', 'https://172.31.255.255/'],
    ['192.168/16', 'https://192.168.1.1/'],
    ['carrier-grade NAT', 'https://100.64.0.1/'],
    ['link-local', 'https://169.254.1.1/'],
    ['the metadata address', 'https://169.254.169.254/latest/meta-data/'],
    ['another metadata address', 'https://100.100.100.200/'],
    ['a third', 'https://168.63.129.16/'],
    ['a fourth', 'https://192.0.0.192/'],
    ['benchmarking', 'https://198.18.0.1/'],
    ['documentation', 'https://203.0.113.7/'],
    ['multicast', 'https://224.0.0.1/'],
    ['reserved', 'https://240.0.0.1/'],
    ['broadcast', 'https://255.255.255.255/'],
    ['the IPv6 loopback', 'https://[::1]/'],
    ['unspecified IPv6', 'https://[::]/'],
    ['IPv6 link-local', 'https://[fe80::1]/'],
    ['unique local', 'https://[fd00::1]/'],
    ['the IPv6 metadata address', 'https://[fd00:ec2::254]/'],
    ['site-local', 'https://[fec0::1]/'],
    ['IPv6 multicast', 'https://[ff02::1]/'],
    ['mapped IPv4', 'https://[::ffff:127.0.0.1]/'],
    ['mapped IPv4 in hex', 'https://[::ffff:7f00:1]/'],
    ['mapped public IPv4', 'https://[::ffff:93.184.215.14]/'],
    ['compatible IPv4', 'https://[::127.0.0.1]/'],
    ['translated IPv4', 'https://[::ffff:0:7f00:1]/'],
    ['6to4', 'https://[2002:7f00:1::]/'],
    ['Teredo', 'https://[2001::1]/'],
    ['NAT64', 'https://[64:ff9b::7f00:1]/'],
    ['local NAT64', 'https://[64:ff9b:1::a00:1]/'],
    ['IPv6 documentation', 'https://[2001:db8::1]/'],
    ['discard-only', 'https://[100::1]/'],
  ])('refuses %s (%s)', async (_, url) => {
    await expect(guardWith().check(url, PUBLIC)).rejects.toBeInstanceOf(OutboundRefusal);
  });

  it.each([
    ['a loopback address', ['127.0.0.1']],
    ['one public and one private address', ['93.184.215.14', '10.0.0.1']],
    ['a public IPv4 and a private IPv6 address', ['93.184.215.14', 'fd00::1']],
    ['the metadata address', ['169.254.169.254']],
    ['a mapped address', ['::ffff:10.0.0.1']],
    ['a scoped address', ['fe80::1%eth0']],
    ['no address', []],
  ])('refuses a name that stands for %s', async (_, addresses) => {
    await expect(guardWith().check('https://hooks.example.com/', resolvingTo(...addresses))).rejects.toBeInstanceOf(
      OutboundRefusal,
    );
  });

  it.each([
    'http://example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'gopher://example.com/',
    'javascript:alert(1)',
    '//example.com',
    'example.com',
    '',
    'https://example.com:25/',
    'https://example.com:22/',
    'https://example.com:0/',
    'https://user:secret@example.com/',
    `https://example.com/${'x'.repeat(3_000)}`,
  ])('refuses the address %s', async (url) => {
    await expect(guardWith().check(url, PUBLIC)).rejects.toBeInstanceOf(OutboundRefusal);
  });

  it('does not wait for a resolver that says nothing', async () => {
    jest.useFakeTimers();
    const answer = expect(
      guardWith().check('https://example.com/', () => new Promise(() => undefined)),
    ).rejects.toMatchObject({ message: expect.stringContaining('5 seconds') });
    await jest.advanceTimersByTimeAsync(5_000);
    await answer;
    jest.useRealTimers();
  });

  it('takes http:// where the operator allows it, and still only to public addresses', async () => {
    const guard = guardWith({ HERALD_OUTBOUND_HTTP: '1' });
    expect((await guard.check('http://example.com/', PUBLIC)).url.protocol).toBe('http:');
    await expect(guard.check('http://127.0.0.1/')).rejects.toBeInstanceOf(OutboundRefusal);
  });

  it('takes the hosts, addresses and ranges that the operator vouches for, and no others', async () => {
    const guard = guardWith({ HERALD_OUTBOUND_ALLOW: 'hooks.internal, 10.1.0.0/16, 192.168.7.7, fd12::/32' });
    for (const [url, address] of [
      ['https://hooks.internal/', '172.16.0.9'],
      ['https://Hooks.Internal./', '172.16.0.9'],
      ['https://other.internal/', '10.1.2.3'],
      ['https://10.1.255.255/', '10.1.255.255'],
      ['https://192.168.7.7/', '192.168.7.7'],
      ['https://[fd12::5]/', 'fd12::5'],
    ] as const)
      expect((await guard.check(url, resolvingTo(address))).addresses).toEqual([expect.objectContaining({ address })]);
    for (const [url, address] of [
      ['https://evil-hooks.internal/', '172.16.0.9'],
      ['https://10.2.0.1/', '10.2.0.1'],
      ['https://192.168.7.8/', '192.168.7.8'],
      ['https://[::ffff:192.168.7.7]/', '::'],
    ] as const)
      await expect(guard.check(url, resolvingTo(address))).rejects.toBeInstanceOf(OutboundRefusal);
  });

  it('does not start with an entry that is none', () => {
    expect(() => guardWith({ HERALD_OUTBOUND_ALLOW: 'https://x/' })).toThrow('not a host name');
  });
});
