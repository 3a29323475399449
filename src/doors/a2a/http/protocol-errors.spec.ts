import { NotFoundException } from '@nestjs/common';
import {
  AppError,
  conflict,
  forbidden,
  limited,
  notFound,
  unauthenticated,
  unavailable,
} from '../../../errors/index.js';
import { routeFaultOf, toRestBody, toRpcFault } from './protocol-errors.js';

describe('what stops a request of A2A before its call is read', () => {
  it.each([
    [new AppError('invalid', 'invalid_request', 'wrong'), 400, 'INVALID_ARGUMENT', -32600],
    [unauthenticated('who are you?'), 401, 'UNAUTHENTICATED', -32000],
    [forbidden('not you'), 403, 'PERMISSION_DENIED', -32000],
    [notFound('agent', 'x'), 404, 'NOT_FOUND', -32600],
    [new NotFoundException('nothing here'), 404, 'NOT_FOUND', -32600],
    [conflict('busy', 'not now'), 409, 'ABORTED', -32600],
    [new AppError('precondition', 'version_moved', 'moved'), 412, 'FAILED_PRECONDITION', -32600],
    [new AppError('too_large', 'content_too_large', 'too much'), 413, 'INVALID_ARGUMENT', -32600],
    [Object.assign(new Error('too much'), { statusCode: 413 }), 413, 'INVALID_ARGUMENT', -32600],
    [Object.assign(new Error('what is that?'), { statusCode: 415 }), 415, 'INVALID_ARGUMENT', -32005],
    [limited('slower', 3), 429, 'RESOURCE_EXHAUSTED', -32000],
    [unavailable('stopping'), 503, 'UNAVAILABLE', -32000],
    [new Error('ours'), 500, 'INTERNAL', -32603],
    [new AppError('internal', 'internal', 'ours'), 500, 'INTERNAL', -32603],
  ])('tells %s as %i, %s and %i', (error, status, name, code) => {
    const fault = routeFaultOf(error);
    expect(fault).toMatchObject({ status, name, code });
    expect(toRestBody(fault)).toMatchObject({ error: { code: status, status: name } });
    expect(toRpcFault(fault)).toEqual({ code, message: fault.message });
  });

  it('tells nothing of a fault of ours', () => {
    expect(routeFaultOf(new Error('password is "secret"')).message).not.toContain('secret');
  });
});
