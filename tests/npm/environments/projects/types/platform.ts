// What holds where the types of a platform are there: it is the platform's own stream, and its own answers go in.
import { redactStream } from "keyward";
import { init } from "keyward/init";

const stream: TransformStream<string, string> = redactStream();
export const text: ReadableStream<string> = new ReadableStream<string>().pipeThrough(redactStream());
export const chain = (bytes: ReadableStream<string>) => bytes.pipeThrough(stream).getReader();

export async function load(response: Response, answer: Promise<Response>) {
  await init(new URL("https://localhost/keyward.wasm"));
  await init(response);
  await init(answer);
  await init(await response.arrayBuffer());
}
