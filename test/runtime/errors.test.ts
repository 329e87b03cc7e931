import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { AppError, errorCodes, messageOf } from '../../src/runtime/errors.ts';

describe('an error of ours', () => {
  it.each(errorCodes)('is an Error that goes by its code: %s', (code) => {
    const error = new AppError(code, 'What to change.');
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code, error.message]).toEqual([code, code, 'What to change.']);
    expect(`${error}`).toBe(`${code}: What to change.`);
  });

  it('keeps its cause for the log, and out of its message', () => {
    const cause = new Error('password hunter2 is wrong');
    const error = new AppError('GraphUnavailable', 'Neo4j refused the login.', { cause });
    expect(error.cause).toBe(cause);
    expect(error.message).not.toContain('hunter2');
    expect(inspect(error)).toContain('hunter2');
  });

  it('has no cause and no details where none are given', () => {
    const error = new AppError('Internal', 'x');
    expect(Object.hasOwn(error, 'cause')).toBe(false);
    expect(error.details).toEqual({});
  });

  it('carries details for the caller', () => {
    const details = { candidates: ['a', 'b'] };
    expect(new AppError('AmbiguousService', 'x', { details }).details).toEqual(details);
  });

  it('has one of a closed set of codes, each once', () => {
    expect(new Set(errorCodes).size).toBe(errorCodes.length);
  });
});

describe('the sentence of something thrown', () => {
  it.each<[unknown, string]>([
    [new Error('It broke.'), 'It broke.'],
    [new AppError('Internal', 'It broke.'), 'It broke.'],
    ['just a text', 'just a text'],
    [undefined, 'undefined'],
    [null, 'null'],
    [{ code: 7 }, '[object Object]'],
  ])('%s is %j', (thrown, sentence) => {
    expect(messageOf(thrown)).toBe(sentence);
  });
});
