import { Num, validateRequest } from '../../operations/index.js';
import { toAppError } from '../wire/index.js';
import {
  answerMessage,
  envelopeError,
  isBroken,
  MAX_BATCH,
  MAX_BATCH_ANSWER,
  noSuchMethod,
  parseMessage,
  type RpcCall,
  toRpcError,
} from './envelope.js';
import { readParams } from './rpc-methods.js';

class SubtractRequest {
  @Num() minuend!: number;
  @Num() subtrahend!: number;
}

const METHODS: Record<string, (params: RpcCall['params']) => unknown> = {
  subtract: (params) => {
    const { minuend, subtrahend } = validateRequest(SubtractRequest, readParams(SubtractRequest, params).input);
    return minuend - subtrahend;
  },
  sum: (params) => (params as number[]).reduce((a, b) => a + b),
  get_data: () => ['hello', 5],
  update: () => null,
  notify_hello: () => null,
  notify_sum: () => null,
  much: () => 'x'.repeat(MAX_BATCH_ANSWER / 2),
};

async function answer(text: string): Promise<unknown> {
  const reply = await answerMessage(parseMessage(text), async (entry) => {
    try {
      if (isBroken(entry)) throw envelopeError(entry.broken);
      const { method, params } = entry;
      if (!METHODS[method]) throw noSuchMethod(method);
      return { result: METHODS[method](params) };
    } catch (error) {
      return { error: toRpcError(toAppError(error), 'req_1') };
    }
  });
  return reply === undefined ? undefined : JSON.parse(reply);
}

const result = (value: unknown, id: unknown) => ({ jsonrpc: '2.0', result: value, id });
const failure = (code: number, id: unknown) => ({
  jsonrpc: '2.0',
  error: { code, message: expect.any(String), data: expect.objectContaining({ request_id: 'req_1' }) },
  id,
});

// https://www.jsonrpc.org/specification, section 7
describe('the examples of the specification', () => {
  it.each<[string, string, unknown]>([
    ['positional parameters', '{"jsonrpc":"2.0","method":"subtract","params":[42,23],"id":1}', result(19, 1)],
    ['positional parameters, turned', '{"jsonrpc":"2.0","method":"subtract","params":[23,42],"id":2}', result(-19, 2)],
    [
      'named parameters',
      '{"jsonrpc":"2.0","method":"subtract","params":{"subtrahend":23,"minuend":42},"id":3}',
      result(19, 3),
    ],
    [
      'named parameters, turned',
      '{"jsonrpc":"2.0","method":"subtract","params":{"minuend":42,"subtrahend":23},"id":4}',
      result(19, 4),
    ],
    ['a notification', '{"jsonrpc":"2.0","method":"update","params":[1,2,3,4,5]}', undefined],
    ['a notification to nobody', '{"jsonrpc":"2.0","method":"foobar"}', undefined],
    ['a method that there is not', '{"jsonrpc":"2.0","method":"foobar","id":"1"}', failure(-32601, '1')],
    ['invalid JSON', '{"jsonrpc":"2.0","method":"foobar,"params":"bar","baz]', failure(-32700, null)],
    ['an invalid request', '{"jsonrpc":"2.0","method":1,"params":"bar"}', failure(-32600, null)],
    [
      'a batch of invalid JSON',
      '[{"jsonrpc":"2.0","method":"sum","params":[1,2,4],"id":"1"},{"jsonrpc":"2.0","method"]',
      failure(-32700, null),
    ],
    ['an empty batch', '[]', failure(-32600, null)],
    ['an invalid batch', '[1]', [failure(-32600, null)]],
    ['a batch of what is no call', '[1,2,3]', [failure(-32600, null), failure(-32600, null), failure(-32600, null)]],
    [
      'a mixed batch',
      `[{"jsonrpc":"2.0","method":"sum","params":[1,2,4],"id":"1"},{"jsonrpc":"2.0","method":"notify_hello","params":[7]},
        {"jsonrpc":"2.0","method":"subtract","params":[42,23],"id":"2"},{"foo":"boo"},
        {"jsonrpc":"2.0","method":"foo.get","params":{"name":"myself"},"id":"5"},{"jsonrpc":"2.0","method":"get_data","id":"9"}]`,
      [result(7, '1'), result(19, '2'), failure(-32600, null), failure(-32601, '5'), result(['hello', 5], '9')],
    ],
    [
      'a batch of notifications',
      '[{"jsonrpc":"2.0","method":"notify_sum","params":[1,2,4]},{"jsonrpc":"2.0","method":"notify_hello","params":[7]}]',
      undefined,
    ],
  ])('%s', async (_, text, expected) => {
    expect(await answer(text)).toEqual(expected);
  });
});

describe('answerMessage', () => {
  it.each([
    ['another version, to the id that was sent', '{"jsonrpc":"1.0","method":"sum","id":7}', -32600, 7],
    ['an id that is an object', '{"jsonrpc":"2.0","method":"sum","id":{}}', -32600, null],
    ['an id that would lose digits', '{"jsonrpc":"2.0","method":"get_data","id":12345678901234567890}', -32600, null],
    ['an id beyond numbers', '{"jsonrpc":"2.0","method":"sum","id":1e999}', -32600, null],
    ['parameters that are null', '{"jsonrpc":"2.0","method":"sum","params":null,"id":1}', -32600, 1],
    ['missing parameters', '{"jsonrpc":"2.0","method":"subtract","params":[1],"id":1}', -32602, 1],
    ['too many parameters', '{"jsonrpc":"2.0","method":"subtract","params":[1,2,3],"id":1}', -32602, 1],
    ['a failure of ours', '{"jsonrpc":"2.0","method":"sum","id":1}', -32603, 1],
    ['bottomless nesting', '['.repeat(200_000), -32600, null],
    ['nothing', '', -32700, null],
    [
      'a batch over the limit',
      JSON.stringify(new Array(MAX_BATCH + 1).fill({ jsonrpc: '2.0', method: 'get_data', id: 1 })),
      -32600,
      null,
    ],
  ])('refuses %s', async (_, text, code, id) => {
    expect(await answer(text)).toEqual(failure(code, id));
  });

  it('answers a call whose id is null, which is no notification', async () => {
    expect(await answer('{"jsonrpc":"2.0","method":"get_data","id":null}')).toEqual(result(['hello', 5], null));
  });

  it('answers no more of a batch than one message should carry, and says what was not run', async () => {
    const batch = JSON.stringify([
      ...Array.from({ length: 3 }, (_, id) => ({ jsonrpc: '2.0', method: 'much', id })),
      { jsonrpc: '2.0', method: 'get_data', id: 3 },
    ]);
    const answers = (await answer(batch)) as { id: number; error?: object }[];
    expect(answers.map(({ id, error }) => [id, error !== undefined])).toEqual([
      [0, false],
      [1, false],
      [2, true],
      [3, true],
    ]);
    expect(answers[2]!.error).toMatchObject({ code: -32013, data: { code: 'answer_too_large' } });
  });

  it('does not take brackets in texts for nesting', async () => {
    const text = JSON.stringify({ jsonrpc: '2.0', method: 'get_data', params: { text: '[{"\\'.repeat(100) }, id: 1 });
    expect(await answer(text)).toEqual(result(['hello', 5], 1));
  });

  it('names the field that is wrong', async () => {
    expect(
      await answer('{"jsonrpc":"2.0","method":"subtract","params":{"minuend":"x","subtrahend":1},"id":1}'),
    ).toMatchObject({
      error: { data: { code: 'invalid_request', errors: [{ path: 'minuend', reason: 'must be a finite number' }] } },
    });
  });
});
