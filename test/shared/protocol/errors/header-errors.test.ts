import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidHandshake } from '../../../../src/shared/protocol/errors/handshake-errors.ts';
import * as errors from '../../../../src/shared/protocol/errors/header-errors.ts';

const TEXTS: readonly (readonly [error: Error, text: string])[] = [
  [new errors.InvalidHeader('Upgrade'), 'InvalidHeader: missing Upgrade header'],
  [new errors.InvalidHeader('Upgrade', ''), 'InvalidHeader: empty Upgrade header'],
  [new errors.InvalidHeader('Upgrade', 'x'), 'InvalidHeader: invalid Upgrade header: x'],
  [new errors.InvalidHeaderValue('Upgrade', 'x'), 'InvalidHeaderValue: invalid Upgrade header: x'],
  [
    errors.InvalidHeaderFormat.at('Connection', 'expected token', 'a, ,', 3),
    'InvalidHeaderFormat: invalid Connection header: expected token at 3 in a, ,',
  ],
  [new errors.InvalidOrigin('http://evil'), 'InvalidOrigin: invalid Origin header: http://evil'],
  [new errors.InvalidOrigin(), 'InvalidOrigin: missing Origin header'],
  [new errors.InvalidUpgrade('Connection', 'close'), 'InvalidUpgrade: invalid Connection header: close'],
  [new errors.DuplicateParameter('p'), 'DuplicateParameter: duplicate parameter: p'],
  [new errors.InvalidParameterName('p'), 'InvalidParameterName: invalid parameter name: p'],
  [new errors.InvalidParameterValue('p', undefined), 'InvalidParameterValue: missing value for parameter p'],
  [new errors.InvalidParameterValue('p', ''), 'InvalidParameterValue: empty value for parameter p'],
  [new errors.InvalidParameterValue('p', '7'), 'InvalidParameterValue: invalid value for parameter p: 7'],
];

test('each error tells what is wrong', () => {
  for (const [error, text] of TEXTS) assert.equal(String(error), text);
});

/** Class and parent, as the contract draws the tree. */
const TREE: readonly (readonly [
  child: new (...args: never[]) => Error,
  parent: abstract new (...args: never[]) => Error,
])[] = [
  [errors.InvalidHeader, InvalidHandshake],
  [errors.InvalidHeaderFormat, errors.InvalidHeader],
  [errors.InvalidHeaderValue, errors.InvalidHeader],
  [errors.InvalidOrigin, errors.InvalidHeader],
  [errors.InvalidUpgrade, errors.InvalidHeader],
  [errors.NegotiationError, InvalidHandshake],
  [errors.DuplicateParameter, errors.NegotiationError],
  [errors.InvalidParameterName, errors.NegotiationError],
  [errors.InvalidParameterValue, errors.NegotiationError],
];

test('each class has the parent that the contract gives it', () => {
  for (const [child, parent] of TREE) {
    assert.equal(Object.getPrototypeOf(child), parent, child.name);
    assert.equal(Reflect.get(child.prototype, 'name'), child.name);
  }
  assert.deepEqual(new Set(TREE.map(([child]) => child)), new Set(Object.values<unknown>(errors)));
});
