// The forms that answers of Tempo's API take.
import { encodeAnswer, type Message } from '../../../wire/tempo/answer-protobuf.ts';
import type { ApiRequest, ApiResponse } from '../../http/types.ts';

/** 200 with a JSON body. */
export function jsonAnswer(body: unknown): ApiResponse {
  return jsonText(JSON.stringify(body));
}

/** 200 with a JSON body that is text already. */
export function jsonText(body: string | Buffer): ApiResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

/** 200 with a protobuf body. */
export function protobufAnswer(body: Buffer): ApiResponse {
  return { status: 200, headers: { 'content-type': 'application/protobuf' }, body };
}

/** 200 as JSON, or as protobuf if the client asks for it. */
export function answerAs(message: Message, body: object, { headers }: Pick<ApiRequest, 'headers'>): ApiResponse {
  return wantsProtobuf(headers) ? protobufAnswer(encodeAnswer(message, body)) : jsonAnswer(body);
}

/** 200 with a line of text. */
export function textAnswer(body: string): ApiResponse {
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

/** Does the client want protobuf? JSON is the default. */
export function wantsProtobuf(headers: Readonly<Record<string, string | undefined>>): boolean {
  return headers.accept?.includes('application/protobuf') ?? false;
}
