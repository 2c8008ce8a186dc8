import { createServer, type Server } from 'node:net';
import { isPortFree, nextFreePort, portOwner } from './ports';

describe('ports', () => {
  let server: Server;
  let port: number;
  beforeEach(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    port = typeof address === 'object' && address ? address.port : 0;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('that are taken are seen, with who has them', async () => {
    expect(await isPortFree(port)).toBe(false);
    expect(await nextFreePort(port)).toBeGreaterThan(port);
    if (process.platform === 'linux') {
      expect(await portOwner(port)).toContain(`(pid ${process.pid})`);
    }
  });

  it('that are free have no owner', async () => {
    await new Promise((resolve) => server.close(resolve));
    expect(await isPortFree(port)).toBe(true);
    expect(await portOwner(port)).toBeUndefined();
    server = createServer().listen(0, '127.0.0.1');
  });
});
