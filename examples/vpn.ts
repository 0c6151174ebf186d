// Packets in, packets out: two hosts whose packets go through a VPN, which here is AES-GCM over UDP on 127.0.0.1. No root, no device.
//   npx ts-node examples/vpn.ts
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { PacketLink, Stack } from '../src';

const key = randomBytes(32);

function seal(packet: Uint8Array): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const text = Buffer.concat([cipher.update(packet), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

function open(message: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, message.subarray(0, 12)).setAuthTag(message.subarray(12, 28));
  return Buffer.concat([decipher.update(message.subarray(28)), decipher.final()]);
}

/** A host at one end of the VPN. */
function host(address: string, ours: Socket, theirs: Socket): Stack {
  const link = new PacketLink({ mtu: 1400 });
  const stack = new Stack();
  stack.attach(link, { address });
  ours.on('message', (message: Buffer) => {
    link.inject(open(message));
  });
  void (async () => {
    for await (const packet of link) ours.send(seal(packet), theirs.address().port, '127.0.0.1');
  })();
  return stack;
}

async function main(): Promise<void> {
  const ends = [createSocket('udp4'), createSocket('udp4')] as const;
  for (const end of ends) await once(end.bind(0, '127.0.0.1'), 'listening');
  const server = host('10.8.0.1/24', ends[0], ends[1]);
  const client = host('10.8.0.2/24', ends[1], ends[0]);
  server.http.createServer((_request, response) => response.end('hello through the VPN\n')).listen(80);

  const page = await client.fetch('http://10.8.0.1/');
  process.stdout.write(await page.text());

  await Promise.all([client.close(), server.close()]);
  for (const end of ends) end.close();
}

void main();
