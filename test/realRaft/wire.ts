import { connect, type Socket } from 'node:net';

/** How long after a refused connection it is tried again. */
const AGAIN_MS = 20;

/** One direction of a link: lines of JSON to an address, dialled when there is something to say. What cannot be sent is lost. */
export class Dialer {
  private readonly address: string;
  private socket: Socket | undefined;
  private notBefore = 0;

  constructor(address: string) {
    this.address = address;
  }

  /** Sends a frame, if there is a way. */
  send(frame: unknown): void {
    if (this.socket === undefined && performance.now() >= this.notBefore) this.socket = this.dialled();
    this.socket?.write(`${JSON.stringify(frame)}\n`);
  }

  /** Ends the connection. */
  close(): void {
    this.socket?.destroy();
  }

  private dialled(): Socket {
    const at = this.address.lastIndexOf(':');
    const socket = connect({ host: this.address.slice(0, at), port: Number(this.address.slice(at + 1)) });
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.socket = undefined;
      this.notBefore = performance.now() + AGAIN_MS;
    });
    return socket;
  }
}

/** Calls with every frame that arrives on a socket. */
export function framesIn<T>(socket: Socket, onFrame: (frame: T) => void): void {
  let held = '';
  socket.setEncoding('utf8');
  socket.on('error', () => socket.destroy());
  socket.on('data', (text) => {
    const lines = (held + String(text)).split('\n');
    held = lines.pop() ?? '';
    for (const line of lines) onFrame(JSON.parse(line) as T);
  });
}
