import { AsyncLocalStorage } from 'node:async_hooks';
import type { ExportFormat, ExportHead } from './format.ts';
import type { Reading } from './read-parts.ts';

/** Writes what is read in a format, part by part, each when it is asked for. */
export async function* writeExport(
  { createWriter }: ExportFormat,
  head: ExportHead,
  { parts, truncated: cut, standing }: Reading,
): AsyncGenerator<string, void> {
  const writer = createWriter(head);
  let text = writer.begin();
  let truncated = cut;
  const count = { services: 0, dependencies: 0 };
  for await (const part of parts) {
    text += writer.part(part);
    count.services += part.services.length;
    count.dependencies += part.dependencies.length;
    yield text;
    text = '';
    truncated ||= writer.isFull?.() ?? false;
    if (writer.isFull?.()) break;
  }
  yield text + writer.end({ ...count, truncated, standing: head.topologyOnly ? null : standing });
}

/**
 * A stream of texts, of which none is made before it can be sent.
 *
 * The first is awaited, so that what is wrong from the beginning is thrown. What goes wrong later cuts the
 * stream off: whoever reads it sees that it is not whole.
 */
export async function streamOf(
  texts: AsyncGenerator<string, void>,
  onError: (error: unknown) => void,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const encoder = new TextEncoder();
  // The stream asks for more outside of the request; what is read then belongs to it still.
  const inRequest = AsyncLocalStorage.snapshot();
  let isGone = false;
  let next: Promise<IteratorResult<string, void>> | undefined = Promise.resolve(await texts.next());
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await (next ?? inRequest(() => texts.next()));
          next = undefined;
          if (isGone) return;
          if (done) controller.close();
          else controller.enqueue(encoder.encode(value));
        } catch (error) {
          if (isGone) return;
          onError(error);
          controller.error(error);
        }
      },
      async cancel() {
        isGone = true;
        await texts.return();
      },
    },
    { highWaterMark: 0 },
  );
}
