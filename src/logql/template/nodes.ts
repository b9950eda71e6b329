// The syntax tree of Go's text/template, as far as LogQL's templates use it. https://pkg.go.dev/text/template

/** `pos` is the offset in the template; `text` how Go prints the node in errors. */
interface NodeBase {
  readonly pos: number;
  readonly text: string;
}

export type Operand =
  | (NodeBase & { readonly kind: 'string'; readonly value: string })
  | (NodeBase & { readonly kind: 'number'; readonly value: bigint | number })
  | (NodeBase & { readonly kind: 'bool'; readonly value: boolean })
  | (NodeBase & { readonly kind: 'nil' })
  | (NodeBase & { readonly kind: 'dot' })
  | (NodeBase & { readonly kind: 'field'; readonly path: readonly string[] })
  | (NodeBase & { readonly kind: 'variable'; readonly name: string; readonly path: readonly string[] })
  | (NodeBase & { readonly kind: 'function'; readonly name: string })
  | (NodeBase & { readonly kind: 'pipeline'; readonly pipeline: Pipeline; readonly path: readonly string[] });

export interface Command extends NodeBase {
  readonly operands: readonly Operand[];
}

export interface Pipeline extends NodeBase {
  /** Variables set by the pipeline: `$x :=`, `$i, $v :=`, or `$x =`. */
  readonly declares: readonly string[];
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

export type TemplateNode =
  | (NodeBase & { readonly kind: 'text' })
  | (NodeBase & { readonly kind: 'action'; readonly pipeline: Pipeline })
  | (NodeBase & {
      readonly kind: 'if' | 'with' | 'range';
      readonly pipeline: Pipeline;
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
    })
  | (NodeBase & { readonly kind: 'break' | 'continue' })
  | (NodeBase & { readonly kind: 'template'; readonly name: string; readonly pipeline?: Pipeline });

export interface ParsedTemplate {
  readonly name: string;
  readonly source: string;
  readonly nodes: readonly TemplateNode[];
  /** Bodies of `define` and `block`. */
  readonly defined: ReadonlyMap<string, readonly TemplateNode[]>;
}

/** Refused template; the message is Go's, such as `template: line:1: unclosed action`. */
export class TemplateSyntaxError extends Error {}
