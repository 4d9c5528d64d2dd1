import {
  decodeMessage,
  encodeMessage,
  queryMessage,
  respCommand,
  takeResp,
  takeResult,
  takeZk,
} from '@holdfast/live';
import fc from 'fast-check';
import { expect, test } from 'vitest';

test('protobuf fields come back as they were written, whatever their size', () => {
  const property = fc.property(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.uint8Array({ maxLength: 300 }),
    (number, bytes) => {
      const message = decodeMessage(
        encodeMessage([
          [1, number],
          [2, bytes],
          [15, 'text'],
        ]),
      );
      expect(message.big(1)).toBe(number);
      expect(Buffer.from(message.bytes(2)).equals(bytes)).toBe(true);
      expect(message.text(15)).toBe('text');
    },
  );
  fc.assert(property, { seed: 7, numRuns: 100 });
  expect(() => decodeMessage(Uint8Array.of(0x0a, 9, 1))).toThrow(/Cannot read bytes/);
});

test('replies of Redis are taken only when they are whole', () => {
  const bytes = Buffer.from('*3\r\n$2\r\nab\r\n:7\r\n$-1\r\n-ERR no\r\n');
  const [list, rest] = [bytes.subarray(0, 21), bytes.subarray(21)];
  for (let length = 0; length < list.length; length++)
    expect(takeResp(list.subarray(0, length))).toBeUndefined();
  expect(takeResp(bytes)).toEqual({ reply: ['ab', 7, null], length: 21 });
  expect(takeResp(rest)?.reply).toEqual({ error: 'ERR no' });
  expect(respCommand(['SET', 'é']).toString()).toBe('*2\r\n$3\r\nSET\r\n$2\r\né\r\n');
});

test('results of PostgreSQL end with ReadyForQuery and carry the SQLSTATE of an error', () => {
  const part = (kind: string, body: string): Buffer => {
    const head = Buffer.alloc(5);
    head.write(kind);
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, Buffer.from(body, 'latin1')]);
  };
  const row = part('D', '\0\x01\0\0\0\x02hi');
  const ready = part('Z', 'I');
  expect(takeResult(row)).toBeUndefined();
  expect(takeResult(Buffer.concat([row, ready]))?.reply.rows).toEqual([['hi']]);
  const failed = part('E', 'SERROR\0C25006\0Mread-only\0\0');
  expect(takeResult(Buffer.concat([failed, ready]))?.reply.error).toEqual({
    state: '25006',
    message: 'ERROR: read-only',
  });
  expect(queryMessage('x').toString('latin1')).toBe('Q\0\0\0\x06x\0');
});

test('replies of ZooKeeper are taken by their length, with their code', () => {
  const bytes = Buffer.alloc(20);
  bytes.writeInt32BE(16);
  bytes.writeInt32BE(-101, 16);
  expect(takeZk(bytes.subarray(0, 19))).toBeUndefined();
  expect(takeZk(bytes)?.reply.code).toBe(-101);
});
