import DOMPurify from 'dompurify';
import { z } from 'zod';

const flowchart = z.object({
  nodes: z.array(z.object({ id: z.string(), text: z.string(), type: z.string() })),
  edges: z.array(
    z.object({ start: z.string(), end: z.string(), text: z.string(), stroke: z.string() }),
  ),
});

/**
 * A flowchart as Mermaid's own parser reads it, with labels as they are drawn.
 *
 * Mermaid cleans labels with a library that needs a browser; here there is none, and nothing is drawn.
 */
export async function flowchartOf(text: string): Promise<z.output<typeof flowchart>> {
  Object.assign(DOMPurify, { addHook: () => {}, sanitize: (label: string) => label });
  const { default: mermaid } = await import('mermaid');
  // Refuses what is no diagram, and loads the parser of flowcharts.
  await mermaid.parse(text);
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  const read = z.looseObject({ getVertices: z.any(), getEdges: z.any() }).parse(db) as unknown as {
    getVertices(): Map<string, object>;
    getEdges(): object[];
  };
  const { nodes, edges } = flowchart.parse({
    nodes: [...read.getVertices.call(db).values()],
    edges: read.getEdges.call(db),
  });
  return { nodes: nodes.map((node) => ({ ...node, text: drawn(node.text) })), edges };
}

/** Mermaid keeps `#35;` under marks of its own until it draws. */
function drawn(label: string): string {
  return label.replaceAll(/ﬂ°°(\d+)¶ß/g, (_, point: string) => String.fromCodePoint(Number(point)));
}
