import {
  type JsonArray,
  JsonNumber,
  type JsonObject,
  type JsonValue,
} from '../../../shared/json/read-json.ts';

export const isArray = (value: JsonValue | undefined): value is JsonArray => Array.isArray(value);

export const isObject = (value: JsonValue | undefined): value is JsonObject => value instanceof Map;

const INTEGER_TEXT = /^(?:0|[1-9]\d*)$/;

/** True for a JSON integer without a sign, of any length. */
export const isInteger = (value: JsonValue | undefined): value is JsonNumber =>
  value instanceof JsonNumber && INTEGER_TEXT.test(value.text);
