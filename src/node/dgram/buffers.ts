import type { UdpSocket } from '../../stack/udp';
import { badBufferSize, bufferSizeException } from './errors';

/** As Linux has them: twice what was asked for, within bounds. */
const LEAST = { recv: 2304, send: 4608 } as const;
const MOST = 8_388_608;
const DEFAULT = 212_992;

/** The sizes of a socket's two buffers, in bytes. */
export interface BufferOptions {
  /** @throws SystemError ERR_SOCKET_BUFFER_SIZE when the socket is not bound */
  get(which: keyof typeof LEAST): number;
  /** @throws TypeError ERR_SOCKET_BAD_BUFFER_SIZE, SystemError ERR_SOCKET_BUFFER_SIZE */
  set(which: keyof typeof LEAST, size: number): void;
}

/**
 * What is received is bounded by it. What is sent needs no buffer of the socket's: it goes to the link at once, or waits for it in the send
 * queue; that size is remembered, and no more.
 */
export function buffers(socketOf: () => UdpSocket | undefined): BufferOptions {
  const sizes = { recv: DEFAULT, send: DEFAULT };
  const bound = (which: keyof typeof LEAST): UdpSocket => {
    const socket = socketOf();
    if (socket === undefined) throw bufferSizeException(`uv_${which}_buffer_size`, 'EBADF');
    return socket;
  };
  return {
    get(which) {
      bound(which);
      return sizes[which];
    },
    set(which, size) {
      if (size >>> 0 !== size) throw badBufferSize();
      const socket = bound(which);
      if (size > 0x7fffffff) throw bufferSizeException(`uv_${which}_buffer_size`, 'EINVAL');
      // 0 asks, and sets nothing.
      if (size === 0) return;
      sizes[which] = Math.min(Math.max(size * 2, LEAST[which]), MOST);
      if (which === 'recv') socket.set({ receiveBuffer: sizes.recv });
    },
  };
}
